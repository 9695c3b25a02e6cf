package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.WaitingTest;
import io.distlock.driver.Claim;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.SeveralKeysDriver;
import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** The contract on a real cluster, where scripts may name the keys of one slot only. */
class RedisClusterLockDriverTests extends RedisLockDriverTests {

    private static ClusterClients clients;

    @BeforeAll
    static void startCluster() {
        clients = new ClusterClients();
    }

    static RedisClusterConfiguration nodes() {
        return clients.nodes();
    }

    @AfterAll
    static void stopCluster() {
        clients.close();
    }

    @Override
    protected LineDriver create(DriverSettings settings) {
        return (LineDriver) new RedisLockDriverFactory(clients.another()).create(settings);
    }

    @WaitingTest
    void onlyKeysOfOneSlotAreTakenTogether() {
        SeveralKeysDriver driver = (SeveralKeysDriver) driver();
        LockKey one = new LockKey(this.prefix, "{user}1");
        LockKey two = new LockKey(this.prefix, "{user}2");
        LockKey far = new LockKey(this.prefix, "{order}3");
        assertThat(driver.together(List.of(one, two, far))).isEqualTo(2);
        assertThat(driver.together(List.of(one, far, two))).isEqualTo(1);
        List<Release> releases = Stream.of(one, far, two)
                .map(key -> new Claim(hold(key, "t"), LONG, 1, ""))
                .peek(this::granted)
                .map(claim -> new Release(claim.hold(), Duration.ZERO))
                .toList();
        assertThat(driver.releaseAll(releases))
                .allSatisfy(released -> assertThat(answer(released)).isEqualTo(Ownership.OURS));
    }

    @Override
    @SuppressWarnings("unchecked")
    protected Collection<String> stored(String prefix) {
        List<String> stored = new ArrayList<>();
        for (TestRedis node : clients.cluster().nodes()) {
            stored.addAll((List<String>) node.call("KEYS", prefix + "*"));
        }
        return stored;
    }
}
