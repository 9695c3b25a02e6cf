package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisCluster;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A link knows when commands may have been sent twice. */
class LostConnectionsTests {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Test
    void aConnectionThatIsLostIsCounted() {
        try (PrivateRedis redis = RedisServers.start()) {
            LettuceConnectionFactory connections = Connections.to(redis);
            try (RedisLink link = new LettuceLink(new LettuceDoor(connections), TIMEOUT)) {
                assertCounted(link, "{k}", redis);
            } finally {
                connections.destroy();
            }
        }
    }

    @Test
    void aConnectionToAnyNodeOfAClusterThatIsLostIsCounted() {
        try (RedisCluster cluster = RedisCluster.start()) {
            RedisClusterConfiguration nodes = new RedisClusterConfiguration();
            cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
            LettuceConnectionFactory connections = new LettuceConnectionFactory(nodes);
            connections.afterPropertiesSet();
            connections.start();
            try (RedisLink link = new LettuceLink(new LettuceDoor(connections), TIMEOUT)) {
                Set<Integer> ports = new HashSet<>();
                for (int i = 0; ports.size() < 3; i++) {
                    TestRedis node = cluster.nodeOf("{" + i + "}");
                    if (ports.add(node.port())) {
                        assertCounted(link, "{" + i + "}", node);
                    }
                }
            } finally {
                connections.destroy();
            }
        }
    }

    private static void assertCounted(RedisLink link, String key, TestRedis server) {
        ask(link, key);
        long before = link.losses();
        server.call("CLIENT", "KILL", "TYPE", "normal");
        await().until(() -> link.losses() > before);
        ask(link, key);
    }

    private static void ask(RedisLink link, String key) {
        assertThat(link.run(Script.TTL, TIMEOUT, new String[] {key, key + ":record"}, new String[] {"token"}))
                .succeedsWithin(TIMEOUT.multipliedBy(3));
    }
}
