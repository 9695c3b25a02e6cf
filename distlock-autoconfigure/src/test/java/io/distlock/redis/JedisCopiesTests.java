package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisCluster;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import redis.clients.jedis.JedisPoolConfig;

/** A connection factory that was given a pool has a client of the older kind, in a cluster as elsewhere. */
class JedisCopiesTests {

    /** More often than the pool has connections. */
    private static final int OFTEN = 20;

    @Test
    void theReplicasOfTheKeysNodeAreCountedByTheOlderClientOfACluster() {
        try (RedisCluster cluster = RedisCluster.start()) {
            PrivateRedis copied = cluster.nodes().get(1);
            try (PrivateRedis replica = cluster.addReplicaOf(copied)) {
                RedisClusterConfiguration nodes = new RedisClusterConfiguration();
                cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
                JedisConnectionFactory connections = new JedisConnectionFactory(nodes, new JedisPoolConfig());
                connections.afterPropertiesSet();
                connections.start();
                try (RedisConnection connection = connections.getConnection()) {
                    String key = keyOf(cluster, copied);
                    for (int i = 0; i < OFTEN; i++) {
                        assertThat(copies(connection, key)).isEqualTo(1);
                    }
                    assertThat(replica.call("DBSIZE")).isEqualTo(1L);
                    String elsewhere = keyOf(cluster, cluster.nodes().get(0));
                    assertThat(copies(connection, elsewhere)).isZero();
                } finally {
                    connections.destroy();
                }
            }
        }
    }

    private static String keyOf(RedisCluster cluster, PrivateRedis node) {
        String key = IntStream.range(0, 1000)
                .mapToObj(i -> "k" + i)
                .filter(name -> cluster.nodeOf(name) == node)
                .findFirst()
                .orElseThrow();
        node.call("SET", key, "value", "PX", "60000");
        return key;
    }

    private static long copies(RedisConnection connection, String key) {
        return JedisCopies.await(connection, "", key, 1, Duration.ofMillis(500));
    }
}
