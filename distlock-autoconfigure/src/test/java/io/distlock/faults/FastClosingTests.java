package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.autoconfigure.DistlockAutoConfiguration;
import io.distlock.redis.RedisLockDriverAutoConfiguration;
import io.distlock.testredis.Cable;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** An application with many holders and many waiters ends within two seconds, whether Redis answers or not. */
@Isolated("times what happens, and counts threads")
class FastClosingTests {

    private static final int MANY = 100;

    /** Two seconds, of which it waits one for leases to come back, and what a busy machine adds. */
    private static final Duration LATEST = Duration.ofMillis(2000 + 500);

    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    private final PrivateRedis redis = RedisServers.start();

    private final Cable cable = Cable.to(this.redis);

    private final Queue<LockLost> losses = new ConcurrentLinkedQueue<>();

    private final List<Lease> kept = new ArrayList<>();

    private final List<CompletableFuture<Lease>> waiting = new ArrayList<>();

    @AfterEach
    void close() {
        this.cable.close();
        this.redis.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everybodyIsRefusedReleasedOrTold(boolean redisAnswers) {
        long[] start = new long[1];
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataRedisAutoConfiguration.class,
                        RedisLockDriverAutoConfiguration.class,
                        DistlockAutoConfiguration.class))
                .withPropertyValues(
                        "spring.data.redis.url=redis://" + this.cable.host() + ":" + this.cable.port(),
                        "distlock.ttl=1m",
                        "distlock.shutdown-grace=1s")
                .withBean(LockListener.class, () -> new LockListener() {
                    @Override
                    public void onLost(LockLost lost) {
                        losses.add(lost);
                    }
                })
                .run(context -> {
                    holdAndWait(context.getBean(Locker.class));
                    if (!redisAnswers) {
                        this.cable.holdUp();
                    }
                    start[0] = System.nanoTime();
                });
        Duration took = Duration.ofNanos(System.nanoTime() - start[0]);

        assertThat(this.waiting).allSatisfy(one -> assertThat(refusal(one)).isEqualTo(Reason.CLOSED));
        assertThat(this.kept).noneMatch(Lease::isHeld);
        await().until(() -> this.losses.size() == MANY);
        assertThat(this.losses).extracting(LockLost::reason).containsOnly(LockLost.Reason.CLOSED);
        assertThat(took).isLessThan(LATEST);
        await().untilAsserted(() -> {
            assertThat(ownThreads()).isEmpty();
            assertThat(this.cable.connections()).as("connections").isZero();
        });
    }

    private void holdAndWait(Locker locker) {
        for (int i = 0; i < MANY; i++) {
            this.kept.add(locker.acquire("kept-" + i));
            this.redis.call("SET", "distlock:theirs-" + i, "stranger", "PX", "60000");
        }
        for (int i = 0; i < MANY; i++) {
            this.waiting.add(locker.acquireAsync(LockRequest.of("theirs-" + i).waitFor(Duration.ofMinutes(1))));
        }
        Observer observer = new Observer(this.redis);
        observer.awaitWaiting("theirs-" + (MANY - 1), 1);
        observer.awaitSubscriptions(1);
        assertThat(this.waiting).noneMatch(CompletableFuture::isDone);
    }

    private static Reason refusal(CompletableFuture<Lease> refused) throws Exception {
        try {
            Lease lease = refused.get(10, TimeUnit.SECONDS);
            throw new AssertionError("not refused: " + lease);
        } catch (ExecutionException failure) {
            return ((LockNotAcquiredException) failure.getCause()).reason();
        }
    }

    private List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !this.before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("distlock") || name.startsWith("lettuce"))
                .toList();
    }
}
