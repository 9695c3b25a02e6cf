package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.core.DistributedLocker;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisCluster;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** In a cluster the replicas of the key's own node count. */
class ClusterReplicaTests {

    @Test
    void theReplicasOfTheKeysNodeAreWaitedFor() {
        try (RedisCluster cluster = RedisCluster.start()) {
            PrivateRedis copied = cluster.nodes().get(1);
            try (PrivateRedis replica = cluster.addReplicaOf(copied)) {
                RedisClusterConfiguration nodes = new RedisClusterConfiguration();
                cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
                LettuceConnectionFactory lettuce = new LettuceConnectionFactory(nodes);
                lettuce.afterPropertiesSet();
                lettuce.start();
                JedisConnectionFactory jedis = new JedisConnectionFactory(nodes);
                jedis.afterPropertiesSet();
                jedis.start();
                try {
                    replicasCount(cluster, copied, replica, lettuce);
                    replicasCount(cluster, copied, replica, jedis);
                } finally {
                    jedis.destroy();
                    lettuce.destroy();
                }
            }
        }
    }

    private static void replicasCount(
            RedisCluster cluster, PrivateRedis copied, PrivateRedis replica, RedisConnectionFactory connections) {
        LockRequest onCopied = request(cluster, copied);
        LockRequest elsewhere = request(cluster, cluster.nodes().get(0));
        try (DistributedLocker locker = Connections.locker(connections, "distlock:", 1)) {
            try (Lease lease = locker.acquire(onCopied)) {
                assertThat(lease.isHeld()).isTrue();
            }
            assertUnavailable(locker, elsewhere);
            replica.pause();
            assertUnavailable(locker, onCopied);
            await().until(() ->
                    locker.inspect(onCopied.keys().iterator().next()).isEmpty());
        } finally {
            replica.resume();
        }
    }

    private static LockRequest request(RedisCluster cluster, PrivateRedis node) {
        String key = IntStream.range(0, 1000)
                .mapToObj(i -> "k" + i)
                .filter(name -> cluster.nodeOf("distlock:" + name) == node)
                .findFirst()
                .orElseThrow();
        return LockRequest.of(key).ttl(Duration.ofSeconds(30)).waitFor(Duration.ZERO);
    }

    private static void assertUnavailable(DistributedLocker locker, LockRequest request) {
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.acquire(request))
                .withMessageContaining("wait-for-replica");
    }
}
