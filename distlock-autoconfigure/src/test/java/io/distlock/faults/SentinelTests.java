package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.ReleaseOutcome;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisSentinel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;

/** Waiting and holding behind Sentinel, while the master dies or freezes and its replica takes over. */
@Execution(ExecutionMode.CONCURRENT)
class SentinelTests {

    private static final Duration TTL = Duration.ofSeconds(2);

    /** Outlives a fail-over. */
    private static final Duration LONG = Duration.ofSeconds(12);

    /** So long that whatever comes sooner came by message. */
    private static final Duration RARELY = Duration.ofSeconds(4);

    /** After a promotion a second is promised; and a busy machine adds something. */
    private static final Duration BACK = Duration.ofSeconds(1).plus(Stage.SLACK);

    private static final Duration STILL = Duration.ofMillis(200);

    private static final LockRequest ORDERS = LockRequest.of("orders");

    private final RedisSentinel sentinel = RedisSentinel.start();

    private final List<RunningInstance> instances =
            Stream.generate(this::instance).limit(3).toList();

    private final History history = new History();

    RunningInstance.Setup setUp(RedisSentinelConfiguration sentinels) {
        return RunningInstance.with(sentinels);
    }

    private RunningInstance.Setup setUp() {
        RedisSentinelConfiguration sentinels = new RedisSentinelConfiguration().master(RedisSentinel.MASTER);
        this.sentinel.sentinels().forEach(one -> sentinels.sentinel(one.host(), one.port()));
        return setUp(sentinels).withoutPassing();
    }

    private RunningInstance instance() {
        return setUp().ttl(TTL).start();
    }

    @AfterEach
    void close() {
        this.instances.forEach(RunningInstance::close);
        this.sentinel.close();
    }

    private void aReleasedLockIsHandedOn() {
        Lease lease = this.instances.get(0).locker().acquire(ORDERS);
        Caller caller = Caller.of(this.instances.get(1), ORDERS);
        new Observer(this.sentinel.master()).awaitWaiting("orders", 1);
        lease.release();
        caller.lease().release();
        assertThat(caller.lease().fencingToken()).isGreaterThan(lease.fencingToken());
    }

    /** The subscription may be at a replica, so nobody counts who listens: the mark decides. */
    @Test
    void whoListensNoMoreIsGrantedTheLockWhileItsMarkSaysAlive() {
        PrivateRedis master = this.sentinel.master();
        Observer observer = new Observer(master);
        RunningInstance vanishing = this.instances.get(1);
        LockRequest request = ORDERS.ttl(Duration.ofMinutes(1));
        Lease lease = this.instances.get(0).locker().acquire(request);
        vanishing.locker().awaitMessages();
        Caller.of(vanishing, request);
        observer.awaitListening("orders", 1);
        Caller next = Caller.of(this.instances.get(2), request);
        observer.awaitWaiting("orders", 2);
        vanishing.vanish();
        String before = observer.holder("orders");
        lease.release();
        assertThat(observer.holder("orders"))
                .as("token of one that is gone")
                .isNotNull()
                .isNotEqualTo(before);
        assertThat(next.hasAnswer()).isFalse();
        master.call("DEL", "distlock:orders");
        next.lease().release();
    }

    @Test
    void aReleasedLockIsHandedOnAndServiceIsBackAfterThePromotionAndFencesGoOnGrowing() {
        aReleasedLockIsHandedOn();
        PrivateRedis first = this.sentinel.master();
        try (Crowd crowd = Crowd.start(this.instances, 3, ORDERS, Duration.ofMillis(5), this.history);
                Stalls stalls = Stalls.begin()) {
            crowd.awaitTurnsOfAll(3);
            first.kill();
            this.history.dataLost(System.currentTimeMillis() * 1000);
            PrivateRedis second = this.sentinel.awaitOtherMaster(first);
            assertThatServiceComesBack(crowd, stalls);
            crowd.awaitTurnsOfAll(3);
            crowd.end();
            this.history.assertExclusive();
            this.history.assertLossesWereNoticedWithin(TTL);
            Leftovers.assertNoneIn(second, TTL);
        }
    }

    /** The promotion has been named by all just now. */
    private void assertThatServiceComesBack(Crowd crowd, Stalls stalls) {
        long promoted = System.nanoTime();
        crowd.awaitTurns(1);
        Duration back = Duration.ofNanos(System.nanoTime() - promoted);
        System.out.printf(
                "%n%s: service back %d ms after promotion; machine stood still for %d ms%n",
                getClass().getSimpleName(), back.toMillis(), stalls.worst().toMillis());
        stalls.unlessLongerThan(STILL, () -> assertThat(back).isLessThan(BACK));
    }

    @Test
    void aLeaseThatTheNewMasterKnowsGoesOnAndOneThatItNeverSawIsToldLostByARenewal() {
        RunningInstance holding = this.instances.get(0);
        RunningInstance waiting = this.instances.get(1);
        LockRequest known = LockRequest.of("known").ttl(LONG);
        LockRequest unseen = LockRequest.of("unseen").ttl(LONG);
        Lease goesOn = holding.locker().acquire(known);
        Caller next = Caller.of(waiting, known);
        PrivateRedis first = this.sentinel.master();
        new Observer(this.sentinel.replica()).awaitWaiting("known", 1);
        this.sentinel.stopReplication();
        Lease lost = holding.locker().acquire(unseen);
        CompletableFuture<LockLost> told = new CompletableFuture<>();
        lost.onLost(told::complete);
        Caller successor = Caller.of(waiting, unseen);
        new Observer(first).awaitWaiting("unseen", 1);
        Observer second;
        try (Stalls stalls = Stalls.begin()) {
            first.kill();
            second = new Observer(this.sentinel.awaitOtherMaster(first));
            long promoted = System.nanoTime();
            assertThat(told.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join().reason())
                    .as("what a renewal finds, long before the ttl is over")
                    .isIn(LockLost.Reason.GONE, LockLost.Reason.TAKEN);
            Duration noticed = Duration.ofNanos(System.nanoTime() - promoted);
            assertThat(successor.lease().fencingToken()).isGreaterThan(lost.fencingToken());
            Duration served = Duration.ofNanos(successor.answeredAt() - promoted);
            System.out.printf(
                    "%n%s: loss told %d ms after promotion, the lost lock taken after %d ms; machine stood still for %d ms%n",
                    getClass().getSimpleName(),
                    noticed.toMillis(),
                    served.toMillis(),
                    stalls.worst().toMillis());
            stalls.unlessLongerThan(STILL, () -> {
                assertThat(noticed).isLessThan(LONG.dividedBy(3).plus(BACK));
                assertThat(served).isLessThan(BACK);
            });
        }
        await().atMost(LONG).until(() -> second.left("known").compareTo(LONG.minusSeconds(1)) > 0);
        assertThat(goesOn.isHeld()).isTrue();
        assertThat(goesOn.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(next.lease().fencingToken()).isGreaterThan(goesOn.fencingToken());
    }

    /** Its connections stay open and are silent; whoever only listens would never miss anything. */
    @Test
    void whenTheMasterFreezesServiceAndMessagesComeFromTheNewOne() {
        try (RunningInstance one = setUp().pollInterval(RARELY).start();
                RunningInstance other = setUp().pollInterval(RARELY).start()) {
            one.locker().awaitMessages();
            other.locker().awaitMessages();
            PrivateRedis first = this.sentinel.master();
            try (Crowd crowd = Crowd.start(List.of(one, other), 2, ORDERS, Duration.ofMillis(5), this.history);
                    Stalls stalls = Stalls.begin()) {
                crowd.awaitTurnsOfAll(3);
                first.pause();
                this.history.dataLost(System.currentTimeMillis() * 1000);
                this.sentinel.awaitOtherMaster(first);
                assertThatServiceComesBack(crowd, stalls);
                crowd.awaitTurnsOfAll(3);
                crowd.end();
            }
            this.history.assertExclusive();
            await().pollInterval(Duration.ofMillis(100))
                    .atMost(RARELY.multipliedBy(6))
                    .until(() -> isHandedOnByMessage(one, other) && isHandedOnByMessage(other, one));
        }
    }

    private boolean isHandedOnByMessage(RunningInstance from, RunningInstance to) {
        LockRequest request = LockRequest.of("message").ttl(Duration.ofMinutes(1));
        Lease lease = from.locker().acquire(request);
        Caller caller = Caller.of(to, request);
        new Observer(this.sentinel.master()).awaitWaiting("message", 1);
        long released = System.nanoTime();
        lease.release();
        caller.lease().release();
        return caller.answeredAt() - released < RARELY.toNanos() / 2;
    }
}
