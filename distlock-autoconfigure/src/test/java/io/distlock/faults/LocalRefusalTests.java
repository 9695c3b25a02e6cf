package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What an instance knows by itself costs Redis nothing. */
@Execution(ExecutionMode.CONCURRENT)
class LocalRefusalTests {

    private static final LockRequest ORDERS = LockRequest.of("orders").ttl(Duration.ofMinutes(1));

    private static final LockRequest TRY = ORDERS.waitFor(Duration.ZERO);

    private final PrivateRedis redis = RedisServers.start();

    private final Observer observer = new Observer(this.redis);

    private final Queue<Reason> refusals = new ConcurrentLinkedQueue<>();

    private final RunningInstance instance = RunningInstance.with(this.redis)
            .maxWaiters(3)
            .listener(new LockListener() {
                @Override
                public void onRefused(LockEvent event, Reason reason) {
                    refusals.add(reason);
                }
            })
            .start();

    @AfterEach
    void close() {
        this.instance.close();
        this.redis.close();
    }

    @Test
    void aTryIsRefusedWithoutAQuestionWhileTheKeyIsHeldHere() {
        Lease lease = this.instance.locker().acquire(ORDERS);
        long before = this.observer.requests();
        for (int i = 0; i < 1000; i++) {
            assertThat(this.instance.locker().tryAcquire(TRY)).isEmpty();
        }
        assertThat(this.observer.requests()).isEqualTo(before);
        assertThat(this.refusals).hasSize(1000).containsOnly(Reason.BUSY);
        lease.release();
        assertThat(this.instance.locker().tryAcquire(TRY)).isPresent();
    }

    @Test
    void aTryAsksWhenTheHoldHereIsNotBelievedInAnyMore() {
        Lease lease = this.instance
                .locker()
                .acquire(ORDERS.ttl(Duration.ofMillis(300)).autoRenew(false));
        await().until(() -> !lease.isHeld());
        long before = this.observer.requests();
        await().untilAsserted(
                        () -> assertThat(this.instance.locker().tryAcquire(TRY)).isPresent());
        assertThat(this.observer.requests()).isGreaterThan(before);
    }

    @Test
    void threadsPassALockOnWithoutAQuestion() {
        try (RunningInstance passes = RunningInstance.with(this.redis)
                .passing(64, Duration.ofMinutes(1))
                .start()) {
            passes.locker().acquire(ORDERS).release(); // Redis knows the scripts from here on
            Lease lease = passes.locker().acquire(ORDERS);
            List<CompletableFuture<Lease>> waiting = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                waiting.add(passes.locker().acquireAsync(ORDERS));
            }
            long before = this.observer.requests();
            for (CompletableFuture<Lease> next : waiting) {
                lease.release();
                lease = next.join();
            }
            assertThat(this.observer.requests()).isEqualTo(before);
            lease.release();
            assertThat(this.observer.requests()).isEqualTo(before + 1);
        }
    }

    @Test
    void beyondTheMostWaitersCallersAreShedAtOnceAndListenersAreTold() {
        Lease lease = this.instance.locker().acquire(ORDERS);
        List<Caller> waiting = List.of(
                Caller.of(this.instance, ORDERS), Caller.of(this.instance, ORDERS), Caller.of(this.instance, ORDERS));
        await().until(() -> waiting.stream().allMatch(Caller::isParked));
        long before = this.observer.requests();

        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.instance.locker().acquire(ORDERS))
                .satisfies(shed -> assertThat(shed.reason()).isEqualTo(Reason.SHED))
                .satisfies(shed -> assertThat(shed.waited()).isLessThan(Duration.ofSeconds(1)))
                .withMessageContaining("max-waiters");
        assertThat(this.instance.locker().tryAcquire(ORDERS)).isEmpty();
        assertThat(this.instance.locker().acquireAsync(ORDERS))
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withCauseInstanceOf(LockNotAcquiredException.class);

        assertThat(this.refusals).containsExactly(Reason.SHED, Reason.SHED, Reason.SHED);
        assertThat(this.observer.requests()).isEqualTo(before);
        assertThat(this.instance.locker().tryAcquire(LockRequest.of("other"))).isPresent();
        lease.release();
        waiting.forEach(caller -> caller.answer().thenAccept(Lease::release));
        assertThat(waiting).allSatisfy(caller -> assertThat(caller.lease()).isNotNull());
    }
}
