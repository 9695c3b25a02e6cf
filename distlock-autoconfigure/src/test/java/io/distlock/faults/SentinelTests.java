package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisSentinel;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;

/** Waiting behind Sentinel, while the master dies and its replica takes over. */
@Execution(ExecutionMode.CONCURRENT)
class SentinelTests {

    private static final Duration TTL = Duration.ofSeconds(2);

    private static final LockRequest ORDERS = LockRequest.of("orders");

    private final RedisSentinel sentinel = RedisSentinel.start();

    private final List<RunningInstance> instances =
            Stream.generate(this::instance).limit(3).toList();

    private final History history = new History();

    private RunningInstance instance() {
        RedisSentinelConfiguration sentinels = new RedisSentinelConfiguration().master(RedisSentinel.MASTER);
        this.sentinel.sentinels().forEach(one -> sentinels.sentinel(one.host(), one.port()));
        return RunningInstance.with(sentinels).ttl(TTL).withoutPassing().start();
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
        try (Crowd crowd = Crowd.start(this.instances, 3, ORDERS, Duration.ofMillis(5), this.history)) {
            crowd.awaitTurnsOfAll(3);
            first.kill();
            this.history.dataLost(System.currentTimeMillis() * 1000);
            PrivateRedis second = this.sentinel.awaitOtherMaster(first);
            long promoted = System.nanoTime();
            crowd.awaitTurns(1);
            long back = System.nanoTime();
            System.out.printf("%nSentinel: service back %d ms after promotion%n", (back - promoted) / 1_000_000);
            // a second is promised
            assertThat(Duration.ofNanos(back - promoted)).isLessThan(Duration.ofSeconds(3));
            crowd.awaitTurnsOfAll(3);
            crowd.end();
            this.history.assertExclusive();
            this.history.assertLossesWereNoticedWithin(TTL);
            Leftovers.assertNoneIn(second, TTL);
        }
    }
}
