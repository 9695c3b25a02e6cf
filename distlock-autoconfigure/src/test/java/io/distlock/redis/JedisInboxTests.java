package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.testredis.Cable;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/** How a subscription over Jedis ends when nobody answers. */
@Isolated("counts threads")
class JedisInboxTests {

    private final PrivateRedis redis = RedisServers.start();

    private final Cable cable = Cable.to(this.redis);

    private final JedisConnectionFactory connections =
            new JedisConnectionFactory(new RedisStandaloneConfiguration(this.cable.host(), this.cable.port()));

    private JedisInbox inbox() {
        this.connections.afterPropertiesSet();
        this.connections.start();
        return new JedisInbox(this.connections);
    }

    @AfterEach
    void close() {
        this.connections.destroy();
        this.cable.close();
        this.redis.close();
    }

    @Test
    void aSubscriptionWhoseConnectionWasForgottenEndsWithItsInbox() throws Exception {
        JedisInbox inbox = inbox();
        inbox.open("any", message -> {}).get(10, TimeUnit.SECONDS);
        this.cable.forget();
        inbox.close();
        assertEnded();
    }

    @Test
    void aSubscriptionThatIsNeverConfirmedEndsWithItsInbox() {
        JedisInbox inbox = inbox();
        this.cable.holdUp();
        inbox.open("any", message -> {});
        await().until(() -> this.cable.connections() == 1);
        inbox.close();
        assertEnded();
    }

    @Test
    void aSubscriptionThatIsAnsweredLeavesItsConnectionToThePool() throws Exception {
        JedisInbox inbox = inbox();
        inbox.open("any", message -> {}).get(10, TimeUnit.SECONDS);
        inbox.close();
        await().until(() -> threads() == 0);
        assertThat(this.cable.connections()).isOne();
        assertThat(this.connections.getConnection().ping()).isEqualTo("PONG");
        assertThat(this.cable.connections()).isOne();
    }

    private void assertEnded() {
        await().untilAsserted(() -> {
            assertThat(threads()).isZero();
            assertThat(this.cable.connections()).as("connections").isZero();
        });
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("distlock-inbox"))
                .count();
    }
}
