package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.Hold;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockKey;
import io.distlock.driver.Renewal;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A command may be late because of those before it, or because nobody answers: only the latter is a silent store. */
class RedisQueueTests {

    private static final Duration TIMEOUT = Duration.ofMillis(500);

    /** As many as one script takes. */
    private static final int BATCH = 450;

    private final PrivateRedis redis = RedisServers.start();

    private final LettuceConnectionFactory connections = Connections.to(this.redis);

    private final LockDriver driver = new RedisLockDriverFactory(this.connections)
            .create(new DriverSettings(
                    "default", "distlock:", "here", TIMEOUT, Duration.ofMinutes(1), true, Optional.empty()));

    @AfterEach
    void close() throws Exception {
        this.driver.close();
        this.connections.destroy();
        this.redis.close();
    }

    private static Hold hold(String key) {
        return new Hold(new LockKey("distlock:", key), "token", "attempt");
    }

    /** Work that keeps Redis busy: renewals of what nobody holds. */
    private void renewals(int batches) {
        Renewal renewal = new Renewal(hold("gone"), Duration.ofMinutes(1));
        this.driver.renew(Collections.nCopies(batches * BATCH, renewal));
    }

    private CompletableFuture<Attempt> acquire(String key) {
        return this.driver
                .acquire(new Claim(hold(key), Duration.ofMinutes(1), 1, ""))
                .toCompletableFuture();
    }

    @Test
    void aCommandBehindManyOthersIsAnsweredAfterItsTimeOut() {
        long took = 0;
        for (int queued = 16; took <= TIMEOUT.toNanos(); queued += queued / 2) {
            long start = System.nanoTime();
            renewals(queued);
            assertThat(acquire("behind " + queued))
                    .as("acquire behind %s batches", queued)
                    .succeedsWithin(Duration.ofSeconds(10))
                    .isInstanceOf(Attempt.Granted.class);
            took = System.nanoTime() - start;
        }
    }

    @Test
    void whatIsUnderWayWhenOneIsLateIsStillAnswered() throws Exception {
        acquire("warm").join();
        this.redis.pause();
        CompletableFuture<Attempt> late = acquire("late");
        CompletableFuture<Attempt> inTime;
        try {
            TimeUnit.NANOSECONDS.sleep(TIMEOUT.toNanos() * 3 / 4);
            inTime = acquire("in time");
            assertThatExceptionOfType(CompletionException.class)
                    .isThrownBy(late::join)
                    .withCauseInstanceOf(LockDriverException.class)
                    .withMessageContaining("did not answer within");
        } finally {
            this.redis.resume();
        }
        assertThat(inTime.join()).isInstanceOf(Attempt.Granted.class);
    }
}
