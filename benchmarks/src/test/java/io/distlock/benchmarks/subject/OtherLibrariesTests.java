package io.distlock.benchmarks.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.distlock.Lease;
import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.benchmarks.server.RedisUnderTest;
import io.distlock.core.DistributedLocker;
import io.distlock.core.LockerSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ConcurrentModificationException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.provider.redis.spring.RedisLockProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisson.Redisson;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.config.Config;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.integration.redis.util.RedisLockRegistry;

/** What docs/migration.md says of a time when both are in use, with the libraries themselves. */
class OtherLibrariesTests {

    private static final LockRequest TRY =
            LockRequest.of("42").ttl(Duration.ofMinutes(1)).waitFor(Duration.ZERO);

    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private static final Duration SHORT = Duration.ofMillis(500);

    private static final Duration CLOCKS = Duration.ofMillis(20);

    private static RedisUnderTest redis;

    private static LettuceConnectionFactory connections;

    private DistributedLocker locker;

    enum Library {
        SHEDLOCK("job-lock:default:") {
            @Override
            Optional<Subject.Held> tryLock(Duration ttl) {
                LockProvider locks = new RedisLockProvider.Builder(connections)
                        .safeUpdate(true)
                        .build();
                return lockByShedLock(locks, ttl);
            }
        },

        SPRING_INTEGRATION("registry:") {
            @Override
            Optional<Subject.Held> tryLock(Duration ttl) {
                Lock lock = new RedisLockRegistry(connections, "registry", ttl.toMillis()).obtain("42");
                return lock.tryLock() ? Optional.of(() -> unlock(lock)) : Optional.empty();
            }

            private static boolean unlock(Lock lock) {
                try {
                    lock.unlock();
                    return true;
                } catch (IllegalStateException | ConcurrentModificationException lost) {
                    return false;
                }
            }
        };

        private final String prefix;

        Library(String prefix) {
            this.prefix = prefix;
        }

        /** Given back by the same thread. */
        abstract Optional<Subject.Held> tryLock(Duration ttl);
    }

    private static Optional<Subject.Held> lockByShedLock(LockProvider locks, Duration ttl) {
        return locks.lock(new LockConfiguration(Instant.now(), "42", ttl, Duration.ZERO))
                .map(lock -> () -> {
                    lock.unlock();
                    return true;
                });
    }

    @BeforeAll
    static void start() throws Exception {
        redis = RedisUnderTest.start(Optional.empty());
        connections = SpringRedis.connect(redis.address());
    }

    @AfterAll
    static void stop() throws Exception {
        connections.destroy();
        redis.close();
    }

    private DistributedLocker locker(String prefix) {
        LockerSettings defaults = LockerSettings.defaults();
        this.locker = Distlock.locker(
                connections,
                new LockerSettings(
                        defaults.name(),
                        prefix,
                        defaults.ttl(),
                        defaults.waitFor(),
                        defaults.maxTtl(),
                        defaults.autoRenew(),
                        defaults.maxHold(),
                        defaults.grace(),
                        defaults.pollInterval(),
                        defaults.maxWaiters(),
                        defaults.passMax(),
                        defaults.passTime(),
                        Duration.ofMillis(10)));
        return this.locker;
    }

    @AfterEach
    void close() {
        this.locker.close();
        connections.getConnection().serverCommands().flushAll();
    }

    @ParameterizedTest
    @EnumSource
    void bothShutEachOtherOutAndAWaiterGetsWhatIsGivenBack(Library library) throws Exception {
        DistributedLocker ours = locker(library.prefix);
        Subject.Held theirs = library.tryLock(A_MINUTE).orElseThrow();
        assertThat(ours.tryAcquire(TRY)).isEmpty();
        assertThat(ours.inspect("42").orElseThrow().remaining().orElseThrow())
                .isBetween(Duration.ofSeconds(30), A_MINUTE);
        assertThat(ours.release("42", "another")).isEqualTo(ReleaseOutcome.TAKEN);
        CompletableFuture<Lease> waiting = ours.acquireAsync(TRY.waitFor(Duration.ofSeconds(30)));
        theirs.release();
        Lease lease = waiting.get(30, TimeUnit.SECONDS);
        assertThat(library.tryLock(A_MINUTE)).isEmpty();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(library.tryLock(A_MINUTE)).isPresent();
        assertThat(ours.tryAcquire(TRY)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatExpiresToThemIsOursAndTheirLateReleaseTakesNothingFromUs(Library library) throws Exception {
        DistributedLocker ours = locker(library.prefix);
        long start = System.nanoTime();
        Subject.Held theirs = library.tryLock(SHORT).orElseThrow();
        Lease lease = ours.acquire(TRY.waitFor(Duration.ofSeconds(30)));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(SHORT.minus(CLOCKS));
        theirs.release();
        assertThat(lease.ttl()).isPresent();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @ParameterizedTest
    @EnumSource
    void whatExpiresToUsIsTheirsAndOurLateReleaseTakesNothingFromThem(Library library) throws Exception {
        DistributedLocker ours = locker(library.prefix);
        Lease lease = ours.acquire(TRY.ttl(SHORT).autoRenew(false));
        Subject.Held theirs = Polling.until(() -> library.tryLock(A_MINUTE));
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.release()).isNotEqualTo(ReleaseOutcome.RELEASED);
        assertThat(ours.tryAcquire(TRY)).isEmpty();
        assertThat(theirs.release()).isTrue();
        assertThat(ours.tryAcquire(TRY)).isPresent();
    }

    /** It deletes whatever is at the key, unless it is told {@code safeUpdate}. Our holder hears of it. */
    @Test
    void shedLockAsItIsMadeUsuallyReleasesLateWhatIsNotItsOwn() throws Exception {
        DistributedLocker ours = locker(Library.SHEDLOCK.prefix);
        Subject.Held theirs =
                lockByShedLock(new RedisLockProvider(connections), SHORT).orElseThrow();
        Lease lease = ours.acquire(TRY.ttl(Duration.ofSeconds(3)).waitFor(Duration.ofSeconds(30)));
        CompletableFuture<LockLost> lost = new CompletableFuture<>();
        lease.onLost(lost::complete);
        theirs.release();
        assertThat(lost.orTimeout(30, TimeUnit.SECONDS).join().reason()).isEqualTo(LockLost.Reason.GONE);
    }

    @Test
    void whatRedissonHoldsIsRefusedAndWhatWeHoldRedissonRefuses() {
        DistributedLocker ours = locker("redisson:");
        Config config = new Config();
        config.useSingleServer()
                .setAddress("redis://" + redis.address())
                .setConnectionMinimumIdleSize(1)
                .setConnectionPoolSize(2);
        RedissonClient redisson = Redisson.create(config);
        try {
            RLock theirs = redisson.getLock("redisson:42");
            assertThat(theirs.tryLock()).isTrue();
            assertThatExceptionOfType(LockUnavailableException.class)
                    .isThrownBy(() -> ours.acquire(TRY))
                    .withMessageContaining("Redis holds something of another type at one of its keys");
            assertThat(theirs.isHeldByCurrentThread()).isTrue();
            theirs.unlock();
            Lease lease = ours.acquire(TRY);
            assertThatExceptionOfType(RedisException.class)
                    .isThrownBy(theirs::tryLock)
                    .withMessageContaining("WRONGTYPE");
            assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
            assertThat(theirs.tryLock()).isTrue();
        } finally {
            redisson.shutdown();
        }
    }
}
