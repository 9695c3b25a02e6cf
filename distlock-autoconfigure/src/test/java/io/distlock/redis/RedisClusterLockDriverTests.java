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
import io.distlock.testredis.RedisCluster;
import io.distlock.testredis.TestRedis;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The contract on a real cluster, where scripts may name the keys of one slot only. */
class RedisClusterLockDriverTests extends RedisLockDriverTests {

    static RedisCluster cluster;

    private static final Queue<LettuceConnectionFactory> CLIENTS = new ConcurrentLinkedQueue<>();

    private static ClientResources resources;

    @BeforeAll
    static void startCluster() {
        cluster = RedisCluster.start();
        resources = ClientResources.create();
    }

    static RedisClusterConfiguration nodes() {
        RedisClusterConfiguration nodes = new RedisClusterConfiguration();
        cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
        return nodes;
    }

    @AfterAll
    static void stopCluster() {
        CLIENTS.forEach(LettuceConnectionFactory::destroy);
        CLIENTS.clear();
        resources.shutdown(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
        cluster.close();
    }

    /**
     * Over a client of its own, as in an application: a client of a cluster tells of every connection that ends, and one
     * that another test closes would put in doubt what a release has found here.
     */
    @Override
    protected LineDriver create(DriverSettings settings) {
        LettuceConnectionFactory client = new LettuceConnectionFactory(
                nodes(),
                LettuceClientConfiguration.builder()
                        .clientResources(resources)
                        .shutdownQuietPeriod(Duration.ZERO)
                        .shutdownTimeout(Duration.ZERO)
                        .build());
        client.afterPropertiesSet();
        client.start();
        CLIENTS.add(client);
        return (LineDriver) new RedisLockDriverFactory(client).create(settings);
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
        for (TestRedis node : cluster.nodes()) {
            stored.addAll((List<String>) node.call("KEYS", prefix + "*"));
        }
        return stored;
    }
}
