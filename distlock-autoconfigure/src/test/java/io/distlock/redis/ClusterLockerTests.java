package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.testredis.RedisCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What callers may rely on, on a real cluster. */
class ClusterLockerTests extends RedisLockerTests {

    private static RedisCluster cluster;

    private static LettuceConnectionFactory connections;

    @BeforeAll
    static void startCluster() {
        cluster = RedisCluster.start();
        RedisClusterConfiguration nodes = new RedisClusterConfiguration();
        cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
        connections = new LettuceConnectionFactory(nodes);
        connections.afterPropertiesSet();
        connections.start();
    }

    @AfterAll
    static void stopCluster() {
        connections.destroy();
        cluster.close();
    }

    @Override
    protected LockDriver create(DriverSettings settings) {
        return new RedisLockDriverFactory(connections).create(settings);
    }
}
