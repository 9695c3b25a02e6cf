package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LineDriver;
import io.distlock.testredis.RedisCluster;
import io.distlock.testredis.TestRedis;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The contract on a real cluster, where scripts may name the keys of one slot only. */
class RedisClusterLockDriverTests extends RedisLockDriverTests {

    static RedisCluster cluster;

    private static LettuceConnectionFactory connections;

    @BeforeAll
    static void startCluster() {
        cluster = RedisCluster.start();
        connections = new LettuceConnectionFactory(nodes());
        connections.afterPropertiesSet();
        connections.start();
    }

    static RedisClusterConfiguration nodes() {
        RedisClusterConfiguration nodes = new RedisClusterConfiguration();
        cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
        return nodes;
    }

    @AfterAll
    static void stopCluster() {
        connections.destroy();
        cluster.close();
    }

    @Override
    protected LineDriver create(DriverSettings settings) {
        return (LineDriver) new RedisLockDriverFactory(connections).create(settings);
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
