package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.ReleaseOutcome;
import io.distlock.core.DistributedLocker;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Instances that lock with distlock, and programs that lock with another library, exclude each other: by value, by expiry
 * and by release. Skipped, and seen to be, where that library is not installed.
 */
abstract class ForeignClientContract {

    private static final String KEY = "order:42";

    private static final LockRequest TRY =
            LockRequest.of(KEY).ttl(Duration.ofMinutes(1)).waitFor(Duration.ZERO);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String A_MINUTE = "60000";

    private static final Duration SHORT = Duration.ofMillis(500);

    /** By which clocks of two processes may differ in so short a time. */
    private static final Duration CLOCKS = Duration.ofMillis(20);

    private static LettuceConnectionFactory connections;

    private final TestRedis redis = RedisServers.shared();

    private final String prefix = "foreign:" + UUID.randomUUID() + ":";

    private final String fullKey = this.prefix + KEY;

    private final DistributedLocker locker = Connections.locker(connections, this.prefix);

    private Optional<ForeignClient> started = Optional.empty();

    private ForeignClient theirs;

    /** Empty where it cannot be had. */
    abstract Optional<ForeignClient> client(TestRedis redis);

    /** What has to be installed. */
    abstract String needed();

    @BeforeAll
    static void connect() {
        connections = Connections.to(RedisServers.shared());
    }

    @AfterAll
    static void disconnect() {
        connections.destroy();
    }

    @BeforeEach
    void startTheirs() {
        this.started = client(this.redis);
        assumeThat(this.started).as("not run without " + needed()).isPresent();
        this.theirs = this.started.orElseThrow();
    }

    @AfterEach
    void close() {
        this.started.ifPresent(ForeignClient::close);
        this.locker.close();
        this.redis.call("DEL", this.fullKey);
    }

    private String take(Duration wait) {
        return this.theirs.answer("take", this.fullKey, A_MINUTE, String.valueOf(wait.toMillis()));
    }

    private LockState state() {
        return this.locker.inspect(KEY).orElseThrow();
    }

    private Duration remaining() {
        return state().remaining().orElseThrow();
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void theirLockShutsTheApplicationOutForAsLongAsTheySay() {
        String token = take(Duration.ZERO);
        assertThat(this.locker.tryAcquire(TRY)).isEmpty();
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.locker.acquire(TRY.waitFor(Duration.ofMillis(100))))
                .satisfies(refused -> {
                    assertThat(refused.reason()).isEqualTo(LockNotAcquiredException.Reason.BUSY);
                    assertThat(refused.holder().orElseThrow().token()).isEqualTo(token);
                });
        assertThat(state().token()).isEqualTo(token);
        assertThat(remaining()).isBetween(PATIENCE, Duration.ofMinutes(1));
        assertThat(this.theirs.answer("prolong", this.fullKey, "600000")).isEqualTo("prolonged");
        assertThat(remaining()).isGreaterThan(Duration.ofMinutes(9));
        assertThat(this.theirs.answer("give", this.fullKey)).isEqualTo("given");
        assertThat(this.locker.tryAcquire(TRY)).isPresent();
    }

    @Test
    void theApplicationReleasesAndExtendsNothingOfTheirs() {
        String token = take(Duration.ZERO);
        assertThat(this.locker.release(KEY, "another")).isEqualTo(ReleaseOutcome.TAKEN);
        assertThat(this.locker.extend(KEY, "another", Duration.ofMinutes(10))).isFalse();
        assertThat(this.locker.adopt(KEY, "another", Duration.ofMinutes(10))).isEmpty();
        assertThat(this.theirs.answer("see", this.fullKey)).isEqualTo(token);
        assertThat(remaining()).isLessThanOrEqualTo(Duration.ofMinutes(1));
        assertThat(this.theirs.answer("give", this.fullKey)).isEqualTo("given");
    }

    @Test
    void theApplicationsLockShutsThemOutForAsLongAsItIsRenewed() {
        Lease lease = this.locker.acquire(TRY.ttl(Duration.ofSeconds(2)));
        assertThat(this.theirs.answer("see", this.fullKey)).isEqualTo(lease.token());
        assertThat(take(Duration.ZERO)).isEqualTo("busy");
        Connections.awaitRenewal(lease);
        assertThat(take(Duration.ZERO)).isEqualTo("busy");
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(take(Duration.ZERO)).isNotEqualTo("busy");
    }

    @Test
    void theyReleaseNothingOfTheApplications() {
        Lease lease = this.locker.acquire(TRY);
        assertThat(this.theirs.answer("give-as", this.fullKey, "another")).isEqualTo("not owned");
        assertThat(lease.ttl()).isPresent();
        assertThat(this.theirs.answer("see", this.fullKey)).isEqualTo(lease.token());
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @Test
    void aWaiterGetsWhatTheyGiveBack() throws Exception {
        take(Duration.ZERO);
        CompletableFuture<Lease> waiting = this.locker.acquireAsync(TRY.waitFor(PATIENCE));
        await().until(() -> !state().waiting().isEmpty());
        assertThat(this.theirs.answer("give", this.fullKey)).isEqualTo("given");
        Lease lease = waiting.get(10, TimeUnit.SECONDS);
        assertThat(lease.isHeld()).isTrue();
        assertThat(take(Duration.ZERO)).isEqualTo("busy");
    }

    @Test
    void aWaiterGetsWhatExpiresToThemAndTheirLateReleaseTakesNothingFromIt() {
        long start = System.nanoTime();
        this.theirs.answer("take", this.fullKey, String.valueOf(SHORT.toMillis()), "0");
        Lease lease = this.locker.acquire(TRY.waitFor(PATIENCE));
        assertThat(since(start)).isGreaterThan(SHORT.minus(CLOCKS));
        assertThat(this.theirs.answer("give", this.fullKey)).isEqualTo("not owned");
        assertThat(lease.ttl()).isPresent();
    }

    @Test
    void theyGetWhatTheApplicationGivesBack() {
        Lease lease = this.locker.acquire(TRY);
        assertThat(take(Duration.ZERO)).isEqualTo("busy");
        CompletableFuture<String> waiting =
                this.theirs.ask("take", this.fullKey, A_MINUTE, String.valueOf(PATIENCE.toMillis()));
        lease.close();
        String token = waiting.join();
        assertThat(state().token()).isEqualTo(token);
        assertThat(this.locker.tryAcquire(TRY)).isEmpty();
    }

    @Test
    void theyGetWhatExpiresToTheApplicationAndItsLateReleaseTakesNothingFromThem() {
        long start = System.nanoTime();
        Lease lease = this.locker.acquire(TRY.ttl(SHORT).autoRenew(false));
        String token = take(PATIENCE);
        assertThat(lease.isHeld()).isFalse();
        assertThat(since(start)).isGreaterThan(SHORT.minus(CLOCKS));
        assertThat(lease.release()).isNotEqualTo(ReleaseOutcome.RELEASED);
        assertThat(this.theirs.answer("see", this.fullKey)).isEqualTo(token);
    }

    @Test
    void nothingIsLostOfWhatBothCountUnderTheLock() {
        String counter = this.fullKey + ":counter";
        this.redis.call("SET", counter, "0", "PX", A_MINUTE);
        CompletableFuture<String> counting = this.theirs.ask("count", this.fullKey, counter, "100");
        for (int i = 0; i < 100; i++) {
            try (Lease lease = this.locker.acquire(TRY.waitFor(PATIENCE))) {
                long seen = Long.parseLong((String) Objects.requireNonNull(this.redis.call("GET", counter)));
                this.redis.call("SET", counter, String.valueOf(seen + 1), "KEEPTTL");
                assertThat(lease.isHeld()).isTrue();
            }
        }
        assertThat(counting.join()).isEqualTo("counted");
        assertThat(this.redis.call("GET", counter)).isEqualTo("200");
        this.redis.call("DEL", counter);
    }
}
