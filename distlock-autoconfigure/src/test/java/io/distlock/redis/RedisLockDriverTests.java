package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.ReleaseOutcome;
import io.distlock.WaitingTest;
import io.distlock.core.DistributedLocker;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.FreeingDriver;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LockKey;
import io.distlock.driver.SharingDriverContract;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The contract on one real Redis. */
class RedisLockDriverTests extends SharingDriverContract {

    private static final TestRedis REDIS = RedisServers.shared();

    private static LettuceConnectionFactory connections;

    @BeforeAll
    static void connect() {
        connections = Connections.to(REDIS);
    }

    @AfterAll
    static void disconnect() {
        connections.destroy();
    }

    @Override
    protected LineDriver create(DriverSettings settings) {
        return (LineDriver) new RedisLockDriverFactory(connections).create(settings);
    }

    @WaitingTest
    void aHolderLosesAtOnceWhatAnotherInstanceFrees() {
        List<LockLost> told = new CopyOnWriteArrayList<>();
        LockListener listener = new LockListener() {
            @Override
            public void onLost(LockLost lost) {
                told.add(lost);
            }
        };
        String prefix = "freed:" + UUID.randomUUID() + ":";
        try (DistributedLocker here = Connections.locker(this::create, prefix, listener);
                DistributedLocker there = Connections.locker(this::create, prefix)) {
            here.awaitMessages();
            Lease kept = here.acquire(LockRequest.of("kept").ttl(LONG));
            Lease lease = here.acquire(LockRequest.of("order:42").ttl(LONG));
            LockState seen = there.inspect("order:42").orElseThrow();
            assertThat(there.free("order:42", seen.token())).isEqualTo(ReleaseOutcome.RELEASED);
            await().untilAsserted(() -> assertThat(lease.isHeld()).isFalse());
            await().untilAsserted(() -> assertThat(told)
                    .singleElement()
                    .extracting(LockLost::reason)
                    .isEqualTo(LockLost.Reason.FREED));
            assertThat(kept.isHeld()).isTrue();
        }
    }

    @WaitingTest
    void aMessageNamesTheHoldThatWasFreed() {
        String prefix = "freed:" + UUID.randomUUID() + ":";
        String instance = "told-" + UUID.randomUUID();
        List<Hold> told = new CopyOnWriteArrayList<>();
        try (FreeingDriver here = (FreeingDriver) create(Connections.settings(prefix, instance));
                FreeingDriver there = (FreeingDriver) create(Connections.settings(prefix, "telling"))) {
            here.listen(grant -> {}, told::add).toCompletableFuture().join();
            Hold hold = Hold.byToken(new LockKey(prefix, "a/{b} \u00e9"), "token: 1");
            there.tellFreed(hold, instance).toCompletableFuture().join();
            await().untilAsserted(() -> assertThat(told).containsExactly(hold));
        }
    }

    @Override
    protected void elapse(Duration time) {
        try {
            Thread.sleep(
                    time.plusMillis(5).toMillis()); // to the next full millisecond of the server, and a little more
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    protected Collection<String> stored(String prefix) {
        return (Collection<String>) REDIS.call("KEYS", prefix + "*");
    }
}
