package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/** A subscription over Jedis to a server that falls silent, and closes no connection. */
@Isolated("counts threads")
class JedisInboxTests {

    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    private final PrivateRedis redis = RedisServers.start();

    private final JedisConnectionFactory connections = Connections.jedis(this.redis);

    private final JedisInbox inbox = new JedisInbox(this.connections);

    @AfterEach
    void close() {
        this.connections.destroy();
        this.redis.close();
    }

    @Test
    void isClosedAtOnceAndItsThreadEndsThoughTheServerIsSilent() throws Exception {
        this.inbox.open("channel", message -> {}).get(10, TimeUnit.SECONDS);
        this.redis.pause();
        long start = System.nanoTime();
        this.inbox.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("in which nobody waits for an answer")
                .isLessThan(Duration.ofSeconds(1));
        await().untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    private List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !this.before.contains(thread))
                .filter(thread -> thread.getName().equals("distlock-inbox"))
                .toList();
    }
}
