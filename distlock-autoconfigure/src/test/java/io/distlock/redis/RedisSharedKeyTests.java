package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.KeyState.Sharer;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import io.distlock.driver.SharingDriver;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What stands in Redis while several hold a key, as other clients and operators meet it. */
class RedisSharedKeyTests {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final LockKey KEY = new LockKey("p:", "stock");

    private static final String RECORD = "p:~rec:{p:stock}";

    private final PrivateRedis redis = RedisServers.start();

    private final LettuceConnectionFactory connections = Connections.to(this.redis);

    private final SharingDriver driver = (SharingDriver) new RedisLockDriverFactory(this.connections)
            .create(new DriverSettings(
                    "default", "p:", "here-abcdefghijkl", Duration.ofSeconds(5), MINUTE, true, Optional.empty()));

    private final Claim first = shared("a", MINUTE);

    private final Claim second = shared("b", MINUTE.multipliedBy(2));

    @AfterEach
    void close() {
        this.driver.close();
        this.connections.destroy();
        this.redis.close();
    }

    @Test
    void otherClientsStayOutAsLongAsTheLongestHolds() {
        share(this.first, this.second);
        assertThat(this.redis.call("GET", "p:stock")).isEqualTo("shared");
        assertThat((Long) this.redis.call("PTTL", "p:stock")).isBetween(MINUTE.toMillis(), 2 * MINUTE.toMillis());
        assertThat(this.redis.call("SET", "p:stock", "theirs", "NX", "PX", "1000"))
                .isNull();
        release(this.second);
        assertThat((Long) this.redis.call("PTTL", "p:stock")).isBetween(1L, MINUTE.toMillis());
        assertThat(this.redis.call("SET", "p:stock", "theirs", "NX", "PX", "1000"))
                .isNull();
        release(this.first);
        assertThat(this.redis.call("SET", "p:stock", "theirs", "NX", "PX", "60000"))
                .isEqualTo("OK");
        assertThat(answer(this.driver.acquire(shared("c", MINUTE)))).isInstanceOf(Attempt.Busy.class);
    }

    @Test
    void whoSharedAKeyThatAnOperatorDeletedHasLostIt() {
        share(this.first, this.second);
        this.redis.call("DEL", "p:stock");
        assertThat(renew(this.first)).isEqualTo(Ownership.GONE);
        Claim next = shared("next", MINUTE);
        share(next);
        assertThat(state().sharers()).extracting(Sharer::token).containsExactly("next");
        assertThat(renew(this.second)).isEqualTo(Ownership.GONE);
        assertThat(release(this.first)).isEqualTo(Ownership.GONE);
        assertThat(renew(next)).isEqualTo(Ownership.OURS);
    }

    @Test
    void whoSharedAKeyThatAnotherClientOverwroteHasLostItAndLeavesItAlone() {
        share(this.first, this.second);
        this.redis.call("SET", "p:stock", "theirs", "PX", "60000");
        assertThat(renew(this.first)).isEqualTo(Ownership.TAKEN);
        assertThat(release(this.second)).isEqualTo(Ownership.TAKEN);
        assertThat(this.redis.call("GET", "p:stock")).isEqualTo("theirs");
    }

    @Test
    void aSharedKeyWithoutItsRecordIsNobodysUntilItEnds() {
        share(this.first);
        this.redis.call("DEL", RECORD);
        assertThat(renew(this.first)).isNotEqualTo(Ownership.OURS);
        assertThat(release(this.first)).isNotEqualTo(Ownership.OURS);
        assertThat(answer(this.driver.acquire(this.second))).isInstanceOf(Attempt.Busy.class);
        assertThat(this.redis.call("GET", "p:stock")).isEqualTo("shared");
        this.redis.call("DEL", "p:stock");
        share(this.second);
    }

    @Test
    void aKeyOnWhichAllSharesAreOverIsFreeThoughItStillStands() {
        Claim brief = shared("brief", Duration.ofMillis(50));
        share(brief);
        this.redis.call("PERSIST", "p:stock");
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> answer(this.driver.inspect(KEY)).isEmpty());
        Claim writer = new Claim(new Hold(KEY, "writer", "writer-1"), MINUTE, 1, "");
        assertThat(answer(this.driver.acquire(writer))).isInstanceOf(Attempt.Granted.class);
        assertThat(this.redis.call("GET", "p:stock")).isEqualTo("writer");
    }

    @Test
    void aServerOutOfMemoryStillRenewsAndReleasesAndHandsOn() {
        share(this.first, this.second);
        this.redis.call("CONFIG", "SET", "maxmemory", "1");
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> share(shared("c", MINUTE)))
                .withMessageContaining("out of memory");
        this.redis.call("CONFIG", "SET", "maxmemory", "0");
        Question writer = new Question(new Claim(new Hold(KEY, "writer", "writer-1"), MINUTE, 1, ""), "W", 1, MINUTE);
        assertThat(answer(this.driver.line(writer))).isInstanceOf(Attempt.Busy.class);
        this.redis.call("CONFIG", "SET", "maxmemory", "1");
        assertThat(renew(this.first)).isEqualTo(Ownership.OURS);
        assertThat(renew(this.second)).isEqualTo(Ownership.OURS);
        assertThat(release(this.first)).isEqualTo(Ownership.OURS);
        assertThat(state().sharers()).hasSize(1);
        assertThat(release(this.second)).isEqualTo(Ownership.OURS);
        assertThat(this.redis.call("GET", "p:stock")).isEqualTo("writer");
    }

    @Test
    void everythingOfASharedKeyExpires() {
        share(this.first, this.second);
        answer(this.driver.line(
                new Question(new Claim(new Hold(KEY, "writer", "writer-1"), MINUTE, 1, ""), "W", 1, MINUTE)));
        List<?> keys = (List<?>) this.redis.call("KEYS", "*");
        assertThat(keys).hasSize(4);
        assertThat(keys)
                .allSatisfy(key ->
                        assertThat((Long) this.redis.call("PTTL", (String) key)).isPositive());
    }

    private static Claim shared(String token, Duration ttl) {
        return new Claim(new Hold(KEY, token, "attempt-" + token), ttl, 1, "", Claim.ANY_NUMBER);
    }

    private void share(Claim... claims) {
        for (Claim claim : claims) {
            assertThat(answer(this.driver.acquire(claim))).isInstanceOf(Attempt.Granted.class);
        }
    }

    private Ownership renew(Claim claim) {
        return answer(this.driver
                .renew(List.of(new Renewal(claim.hold(), claim.ttl())))
                .get(0));
    }

    private Ownership release(Claim claim) {
        return answer(this.driver.release(new Release(claim.hold(), Duration.ZERO)));
    }

    private KeyState state() {
        return answer(this.driver.inspect(KEY)).orElseThrow();
    }

    private static <T> T answer(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException failed) {
            throw (RuntimeException) failed.getCause();
        }
    }
}
