package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.core.DistributedLocker;
import io.distlock.driver.DriverSettings;
import io.distlock.testredis.RedisCluster;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Many locks at once: the last must wait for the answers to all others, which does not make the store silent. */
class BurstTests {

    private static final int MANY = 10_000;

    private static final Duration TTL = Duration.ofMinutes(5);

    /** Enough for a tenth of them on a machine that is busy with other things. */
    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    @Test
    void allAreTakenOverJedis() throws Exception {
        JedisConnectionFactory connections = Connections.jedis(RedisServers.shared());
        try {
            takeAll(connections);
        } finally {
            connections.destroy();
        }
    }

    @Test
    void allAreTakenInACluster() throws Exception {
        try (RedisCluster cluster = RedisCluster.start()) {
            RedisClusterConfiguration nodes = new RedisClusterConfiguration();
            cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
            LettuceConnectionFactory connections = new LettuceConnectionFactory(nodes);
            connections.afterPropertiesSet();
            connections.start();
            try {
                takeAll(connections);
            } finally {
                connections.destroy();
            }
        }
    }

    private static void takeAll(RedisConnectionFactory connections) throws Exception {
        try (DistributedLocker locker = Connections.locker(
                settings -> new RedisLockDriverFactory(connections).create(patient(settings)),
                "burst:" + UUID.randomUUID() + ":")) {
            locker.acquire("k").close();
            List<CompletableFuture<Void>> all = new ArrayList<>(MANY);
            for (int i = 0; i < MANY; i++) {
                LockRequest one = LockRequest.of("key-" + i).ttl(TTL).waitFor(TTL);
                all.add(locker.acquireAsync(one).thenAccept(Lease::close));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            assertThat(locker.locks()).isEmpty();
        }
    }

    private static DriverSettings patient(DriverSettings usual) {
        return new DriverSettings(
                usual.locker(),
                usual.prefix(),
                usual.instance(),
                TIMEOUT,
                usual.recordRetention(),
                usual.messages(),
                usual.connectionFactory());
    }
}
