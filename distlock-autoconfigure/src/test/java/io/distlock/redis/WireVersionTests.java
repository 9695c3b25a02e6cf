package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.core.DistributedLocker;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Instances that know different wire versions neither misread each other nor lock beside each other. */
class WireVersionTests {

    private static final String KEY = "order:42";

    private static final String FULL_KEY = "distlock:" + KEY;

    private static final String RECORD = "distlock:~rec:{" + FULL_KEY + "}";

    private static final LockRequest TRY =
            LockRequest.of(KEY).ttl(Duration.ofMinutes(1)).waitFor(Duration.ZERO);

    private static final Map<String, Consumer<DistributedLocker>> QUESTIONS = Map.of(
            "acquire", locker -> locker.tryAcquire(TRY),
            "wait", locker -> locker.acquire(TRY.waitFor(Duration.ofSeconds(20))),
            "inspect", locker -> locker.inspect(KEY),
            "adopt", locker -> locker.adopt(KEY, "somebody:else", Duration.ofMinutes(1)));

    private final PrivateRedis redis = RedisServers.start();

    private final LettuceConnectionFactory connections = Connections.to(this.redis);

    private final DistributedLocker locker = Connections.locker(this.connections, "distlock:");

    @AfterEach
    void close() {
        this.locker.close();
        this.connections.destroy();
        this.redis.close();
    }

    static List<String> questions() {
        return QUESTIONS.keySet().stream().sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("questions")
    void aRecordOfAnUnknownVersionIsRefusedAndLeftAlone(String question) {
        String unknown = recordOfVersion("2");
        this.redis.call("SET", FULL_KEY, "somebody:else", "PX", "60000");
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> QUESTIONS.get(question).accept(this.locker))
                .withMessageContainingAll(
                        "'" + KEY + "'", "wire version 2 at " + RECORD, "this client knows 1", "distlock.prefix");
        assertThat(this.redis.call("GET", RECORD)).isEqualTo(unknown);
        assertThat(this.redis.call("GET", FULL_KEY)).isEqualTo("somebody:else");
    }

    @Test
    void aHolderWhoseRecordWasRewrittenIsLeftToItsTtl() {
        Lease lease = this.locker.acquire(TRY);
        String unknown = recordOfVersion("2");
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
        assertThat(this.redis.call("GET", RECORD)).isEqualTo(unknown);
        this.redis.call("DEL", RECORD); // so that closing need not insist
    }

    /** As a version that changes little would write it: all that this one knows can be read. */
    private String recordOfVersion(String version) {
        if (this.redis.call("EXISTS", RECORD).equals(0L)) {
            this.locker.acquire(TRY).release();
        }
        String unknown = version + ((String) this.redis.call("GET", RECORD)).substring(1);
        this.redis.call("SET", RECORD, unknown, "PX", "60000");
        return unknown;
    }

    @Test
    void recordAndChannelSayTheVersionAndTheLocksKeyDoesNot() {
        Lease lease = this.locker.acquire(TRY.token("mine"));
        try (DistributedLocker other = Connections.locker(this.connections, "distlock:")) {
            CompletableFuture<Lease> waiting = other.acquireAsync(TRY.waitFor(Duration.ofSeconds(20)));
            await().untilAsserted(() -> assertThat((List<?>) this.redis.call("PUBSUB", "CHANNELS", "*"))
                    .singleElement()
                    .asString()
                    .startsWith("distlock:~inbox:" + RedisKeys.WIRE_VERSION + ":"));
            assertThat((String) this.redis.call("GET", RECORD)).startsWith(RedisKeys.WIRE_VERSION);
            assertThat(this.redis.call("GET", FULL_KEY)).isEqualTo("mine");
            lease.release();
            assertThat(waiting).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void aMessageThatSaysNothingKnownIsPassedOver() {
        for (String message : List.of("", "2\nsomething\nnew", "!freed", "!freed\ntoken")) {
            RedisMessages.read(
                    "distlock:",
                    message,
                    grant -> {
                        throw new AssertionError(grant);
                    },
                    freed -> {
                        throw new AssertionError(freed);
                    });
        }
    }
}
