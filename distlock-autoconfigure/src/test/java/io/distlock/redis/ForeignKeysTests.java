package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Of several keys that are asked about in one step, one is of another type; the others are answered for themselves. */
class ForeignKeysTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final TestRedis redis = RedisServers.shared();

    private final LettuceConnectionFactory connections = Connections.to(this.redis);

    private final String prefix = "foreign:" + UUID.randomUUID() + ":";

    private final RedisLockDriver driver = (RedisLockDriver) new RedisLockDriverFactory(this.connections)
            .create(Connections.settings(this.prefix, "here-" + UUID.randomUUID()));

    private final List<Claim> claims = List.of(claim("1"), claim("foreign"), claim("3"));

    private Claim claim(String key) {
        Hold hold = new Hold(new LockKey(this.prefix, key), "token of " + key, "attempt of " + key);
        return new Claim(hold, LONG, 1, "");
    }

    @BeforeEach
    void putSomethingElse() {
        this.redis.call("RPUSH", this.claims.get(1).key().full(), "somebody's");
    }

    @AfterEach
    void close() {
        this.driver.close();
        this.connections.destroy();
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static void assertRefused(CompletionStage<?> stage) {
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> answer(stage))
                .havingCause()
                .isInstanceOf(LockDriverException.class)
                .withMessageContaining("WRONGTYPE");
    }

    private List<Object> holders() {
        return List.of(
                this.redis.call("EXISTS", this.claims.get(0).key().full()),
                this.redis.call("TYPE", this.claims.get(1).key().full()),
                this.redis.call("EXISTS", this.claims.get(2).key().full()));
    }

    private void takeTheOthers() {
        assertThat(answer(this.driver.acquire(this.claims.get(0)))).isInstanceOf(Attempt.Granted.class);
        assertThat(answer(this.driver.acquire(this.claims.get(2)))).isInstanceOf(Attempt.Granted.class);
    }

    @Test
    void takenTogetherNoneIsTaken() {
        assertRefused(this.driver.acquireAll(this.claims));
        assertThat(holders()).containsExactly(0L, "list", 0L);
    }

    @Test
    void askedForInLineTheOthersAreGranted() {
        List<CompletionStage<Attempt>> answers = this.driver.line(this.claims.stream()
                .map(claim -> new Question(claim, "member", 1, LONG))
                .toList());
        assertThat(answer(answers.get(0))).isInstanceOf(Attempt.Granted.class);
        assertRefused(answers.get(1));
        assertThat(answer(answers.get(2))).isInstanceOf(Attempt.Granted.class);
        assertThat(holders()).containsExactly(1L, "list", 1L);
    }

    @Test
    void renewedTogetherTheOthersAreRenewed() {
        takeTheOthers();
        Duration longer = LONG.multipliedBy(3);
        List<CompletionStage<Ownership>> answers = this.driver.renew(this.claims.stream()
                .map(claim -> new Renewal(claim.hold(), longer))
                .toList());
        assertThat(answers.stream().map(ForeignKeysTests::answer))
                .containsExactly(Ownership.OURS, Ownership.TAKEN, Ownership.OURS);
        assertThat(answer(this.driver.ttl(this.claims.get(2).hold())))
                .hasValueSatisfying(left -> assertThat(left).isGreaterThan(LONG));
    }

    @Test
    void releasedTogetherTheOthersAreReleased() {
        takeTheOthers();
        List<CompletionStage<Ownership>> answers = this.driver.releaseAll(this.claims.stream()
                .map(claim -> new Release(claim.hold(), Duration.ZERO))
                .toList());
        assertThat(answer(answers.get(0))).isEqualTo(Ownership.OURS);
        assertRefused(answers.get(1));
        assertThat(answer(answers.get(2))).isEqualTo(Ownership.OURS);
        assertThat(holders()).containsExactly(0L, "list", 0L);
    }
}
