package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisConversation;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Sees all that happens in a Redis, by {@code MONITOR}, over all its lives. */
final class Watch implements AutoCloseable {

    private final PrivateRedis redis;

    private final Ownership ownership = new Ownership();

    private final Object gate = new Object();

    private volatile boolean seeing;

    private volatile boolean over;

    /** A watch that failed has seen nothing since. */
    private volatile @Nullable RuntimeException failure;

    private Watch(PrivateRedis redis) {
        this.redis = redis;
        Thread watching = new Thread(this::watch, "watch");
        watching.setDaemon(true);
        watching.start();
    }

    static Watch over(PrivateRedis redis) {
        Watch watch = new Watch(redis);
        await().until(() -> watch.seeing);
        return watch;
    }

    /** Nobody ended or lengthened what another held; and that has been looked at often enough to mean something. */
    void assertNobodyTouchedWhatAnotherHeld() {
        List<String> violations;
        long changes;
        synchronized (this.gate) {
            violations = this.ownership.violations();
            changes = this.ownership.changes();
        }
        assertThat(this.failure).as("what broke the watch").isNull();
        assertThat(violations).as("changes to what another held").isEmpty();
        assertThat(changes).as("changes that were looked at").isPositive();
    }

    @Override
    public void close() {
        this.over = true;
    }

    private void watch() {
        while (!this.over) {
            try (RedisConversation connection = this.redis.connect().patience(Duration.ofMinutes(1))) {
                connection.send("MONITOR");
                while (!this.over) {
                    hear(String.valueOf(connection.read()));
                }
            } catch (UncheckedIOException | IllegalStateException away) {
                this.seeing = false;
                LockSupport.parkNanos(10_000_000);
            }
            synchronized (this.gate) {
                this.ownership.forget();
            }
        }
    }

    private void hear(String line) {
        this.seeing = true;
        synchronized (this.gate) {
            try {
                this.ownership.hear(line);
            } catch (RuntimeException notUnderstood) {
                this.failure = notUnderstood;
                throw notUnderstood;
            }
        }
    }
}
