package io.distlock.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

class RedisFenceGuardTests {

    /** As fences are: microseconds since 1970. */
    private static final long FENCE = 1_795_221_225_285_131L;

    private final PrivateRedis redis = RedisServers.start();

    private final LettuceConnectionFactory connections =
            new LettuceConnectionFactory(new RedisStandaloneConfiguration(this.redis.host(), this.redis.port()));

    private final RedisFenceGuard guard;

    RedisFenceGuardTests() {
        this.connections.afterPropertiesSet();
        this.connections.start();
        this.guard = new RedisFenceGuard(new StringRedisTemplate(this.connections), "fence:", Duration.ofMinutes(1));
    }

    @AfterEach
    void close() {
        this.connections.destroy();
        this.redis.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"seat", "hall{7}seat", "odd {} name"})
    void refusesWhatIsOvertakenByOne(String resource) {
        this.guard.check(resource, FENCE);
        this.guard.check(resource, FENCE + 1);
        this.guard.check(resource, FENCE + 1);
        assertThatExceptionOfType(StaleFenceException.class)
                .isThrownBy(() -> this.guard.check(resource, FENCE))
                .withMessageContainingAll("'" + resource + "'", String.valueOf(FENCE));
    }

    @Test
    void writesAValueUnlessItsFenceIsStale() {
        this.guard.set("price:7", "new", Duration.ofMinutes(1), FENCE + 1);
        assertThatExceptionOfType(StaleFenceException.class)
                .isThrownBy(() -> this.guard.set("price:7", "old", Duration.ofMinutes(1), FENCE));
        assertThat(this.redis.call("GET", "price:7")).isEqualTo("new");
        assertThat((Long) this.redis.call("PTTL", "price:7")).isBetween(1L, 60_000L);
        assertThat(this.redis.call("GET", "fence:{price:7}")).isEqualTo(String.valueOf(FENCE + 1));
    }

    @Test
    void whereTheAnswerWouldComeTooLateItSaysSo() {
        StringRedisTemplate redis = new StringRedisTemplate(this.connections);
        SessionCallback<Object> inTransaction = new SessionCallback<>() {
            @Override
            public <K, V> Object execute(RedisOperations<K, V> operations) {
                operations.multi();
                new RedisFenceGuard((StringRedisTemplate) operations, "fence:", Duration.ofMinutes(1))
                        .set("price:7", "new", Duration.ofMinutes(1), FENCE);
                return operations.exec();
            }
        };
        assertThatIllegalStateException()
                .isThrownBy(() -> redis.execute(inTransaction))
                .withMessageContainingAll("'price:7'", "Discard it");
        assertThat(this.redis.call("GET", "price:7")).isNull();
        SessionCallback<Object> piped = new SessionCallback<>() {
            @Override
            public <K, V> Object execute(RedisOperations<K, V> operations) {
                new RedisFenceGuard((StringRedisTemplate) operations, "fence:", Duration.ofMinutes(1))
                        .check("seat", FENCE);
                return null;
            }
        };
        assertThatIllegalStateException()
                .isThrownBy(() -> redis.executePipelined(piped))
                .withMessageContaining("'seat'");
    }

    @Test
    void fencesAreForgottenAfterTheirTime() {
        this.guard.check("seat", FENCE);
        assertThat((Long) this.redis.call("PTTL", "fence:{seat}")).isBetween(1L, 60_000L);
    }
}
