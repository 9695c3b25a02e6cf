package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Waiters leave before their turn; their time is over, or they are told to go. */
@Execution(ExecutionMode.CONCURRENT)
class GivingUpTests {

    /** A lock that is given to nobody stays for this long, which every test notices. */
    private static final Duration TTL = Duration.ofSeconds(60);

    /** A tenth of a second, and what a busy machine adds; less than the next question. */
    private static final Duration PROMPTLY = Duration.ofMillis(100 + 300);

    private static final LockRequest ORDERS = LockRequest.of("orders");

    private final PrivateRedis redis = RedisServers.start();

    private final Observer observer = new Observer(this.redis);

    private final List<RunningInstance> instances = Stream.generate(
                    () -> RunningInstance.with(this.redis).ttl(TTL).start())
            .limit(3)
            .toList();

    private final RunningInstance first = this.instances.get(0);

    private final RunningInstance second = this.instances.get(1);

    private final RunningInstance third = this.instances.get(2);

    private final History history = new History();

    @AfterEach
    void close() {
        this.instances.forEach(RunningInstance::close);
        this.redis.close();
    }

    @Test
    void whoseTimeIsOverLeavesTheLine() {
        Lease held = this.first.locker().acquire(ORDERS);
        Caller caller = Caller.of(this.second, ORDERS.waitFor(Duration.ofMillis(400)));
        this.observer.awaitWaiting("orders", 1);
        LockNotAcquiredException refusal = caller.refusal();
        assertThat(refusal.reason()).isEqualTo(Reason.BUSY);
        // a command time-out is a second
        assertThat(refusal.waited()).isBetween(Duration.ofMillis(400), Duration.ofMillis(400 + 1000));
        this.observer.awaitWaiting("orders", 0); // it is told before its place is given up, if a question was under way
        held.release();
    }

    @Test
    void whoIsInterruptedLeavesTheLine() {
        Lease held = this.first.locker().acquire(ORDERS);
        Caller caller = Caller.of(this.second, ORDERS);
        this.observer.awaitWaiting("orders", 1);
        long interrupted = System.nanoTime();
        caller.interrupt();
        assertThat(caller.refusal().reason()).isEqualTo(Reason.INTERRUPTED);
        assertThat(Duration.ofNanos(caller.answeredAt() - interrupted)).isLessThan(PROMPTLY);
        this.observer.awaitWaiting("orders", 0);
        held.release();
    }

    @Test
    void whoseFutureIsCancelledLeavesTheLine() {
        Lease held = this.first.locker().acquire(ORDERS);
        CompletableFuture<Lease> future = this.second.locker().acquireAsync(ORDERS);
        this.observer.awaitWaiting("orders", 1);
        future.cancel(true);
        this.observer.awaitWaiting("orders", 0);
        held.release();
    }

    @Test
    void whoAsksForTheOthersLeavesWithoutTakingTheirPlaceAlong() {
        Lease lease = this.first.locker().acquire(ORDERS);
        Caller asksForBoth = Caller.of(this.second, ORDERS);
        this.observer.awaitWaiting("orders", 1);
        Caller standsBehind = Caller.of(this.second, ORDERS);
        await().until(standsBehind::isParked);
        Caller cameLast = Caller.of(this.third, ORDERS);
        this.observer.awaitWaiting("orders", 2);

        asksForBoth.interrupt();
        asksForBoth.refusal();
        lease.release();

        Lease next = standsBehind.lease();
        assertThat(cameLast.hasAnswer()).isFalse();
        next.release();
        cameLast.lease().release();
    }

    @Test
    void whoseTurnIsPassedOverGetsTheNext() {
        Lease lease = this.first.locker().acquire(ORDERS);
        Caller leaves = Caller.of(this.second, ORDERS);
        this.observer.awaitWaiting("orders", 1);
        Caller stays = Caller.of(this.third, ORDERS);
        this.observer.awaitWaiting("orders", 2);
        leaves.interrupt();
        leaves.answer().thenAccept(Lease::release); // the interrupt may come after the grant
        lease.release();
        stays.lease().release();
        Leftovers.assertNoneIn(this.redis, Duration.ZERO);
    }

    @Test
    void aThousandInterruptsAtRandomMomentsLoseNoLock() {
        try (Crowd crowd = Crowd.start(this.instances, 3, ORDERS, Duration.ofMillis(1), this.history)) {
            crowd.awaitTurnsOfAll(1);
            List<Thread> threads = crowd.threads();
            for (int i = 0; i < 1000; i++) {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(3_000_000));
                threads.get(ThreadLocalRandom.current().nextInt(threads.size())).interrupt();
            }
            crowd.awaitTurnsOfAll(3);
            crowd.end();
        }
        this.history.assertExclusive();
        Leftovers.assertNoneIn(this.redis, Duration.ZERO);
    }

    @Test
    void waitsThatEndAtRandomMomentsLoseNoLockWhereOthersAreInterruptedAndCancelled() {
        AtomicInteger granted = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            RunningInstance instance = this.instances.get(i % 3);
            Thread thread = new Thread(() -> {
                for (int turn = 0; turn < 150; turn++) {
                    (takeForAMoment(instance) ? granted : refused).incrementAndGet();
                }
            });
            threads.add(thread);
            thread.start();
        }
        List<CompletableFuture<Lease>> futures = new ArrayList<>();
        while (threads.stream().anyMatch(Thread::isAlive)) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(2_000_000));
            threads.get(ThreadLocalRandom.current().nextInt(threads.size())).interrupt();
            CompletableFuture<Lease> future = this.first.locker().acquireAsync(ORDERS.waitFor(aMoment()));
            future.thenAccept(Lease::release);
            futures.add(future);
            futures.get(ThreadLocalRandom.current().nextInt(futures.size())).cancel(true);
        }
        await().until(() -> futures.stream().allMatch(CompletableFuture::isDone));
        assertThat(granted).hasPositiveValue();
        assertThat(refused).hasPositiveValue();
        this.history.assertExclusive();
        this.first.locker().acquire(ORDERS).release();
        Leftovers.assertNoneIn(this.redis, Duration.ZERO);
    }

    private static Duration aMoment() {
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(5_000_000));
    }

    private boolean takeForAMoment(RunningInstance instance) {
        try {
            Lease lease =
                    instance.locker().tryAcquire(ORDERS.waitFor(aMoment())).orElse(null);
            if (lease != null) {
                this.history.hold(lease, Thread.currentThread().getName(), Duration.ZERO);
                lease.release();
            }
            return lease != null;
        } catch (LockNotAcquiredException interrupted) {
            assertThat(interrupted.reason()).isEqualTo(Reason.INTERRUPTED);
            Thread.interrupted();
            return false;
        }
    }

    @Test
    void futuresCancelledAtRandomMomentsLoseNoLock() throws Exception {
        AtomicInteger granted = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            RunningInstance instance = this.instances.get(i % 3);
            CompletableFuture<Lease> future = instance.locker().acquireAsync(ORDERS);
            ends.add(future.handle((lease, refusal) -> {
                if (lease == null) {
                    assertThat(future).isCancelled();
                    cancelled.incrementAndGet();
                    return null;
                }
                this.history.hold(lease, "a future", Duration.ZERO);
                granted.incrementAndGet();
                lease.release();
                return null;
            }));
            if (i % 2 == 0) {
                CompletableFuture.delayedExecutor(ThreadLocalRandom.current().nextLong(3_000_000), TimeUnit.NANOSECONDS)
                        .execute(() -> future.cancel(true));
            }
            if (i % 10 == 0) {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(3_000_000));
            }
        }
        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).get(25, TimeUnit.SECONDS);
        assertThat(granted.get() + cancelled.get()).isEqualTo(1000);
        assertThat(granted).hasValueGreaterThanOrEqualTo(500);
        assertThat(cancelled).hasPositiveValue();
        this.history.assertExclusive();
        Leftovers.assertNoneIn(this.redis, Duration.ZERO);
    }
}
