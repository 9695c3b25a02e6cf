package io.distlock.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Whether one server lets one command after the other time out, and when it is to be tried again. */
final class Silence {

    private static final int TIMEOUTS = 3;

    private static final long REST = Duration.ofMillis(200).toNanos();

    private final AtomicInteger timeouts = new AtomicInteger();

    private final AtomicLong nextTry = new AtomicLong(System.nanoTime());

    private volatile long heardAt = System.nanoTime();

    /** Whether a command would only wait in vain; one each time finds out. */
    boolean isToBeExpected(long now) {
        return this.timeouts.get() >= TIMEOUTS && !mayTry(now);
    }

    private boolean mayTry(long now) {
        long next = this.nextTry.get();
        return now - next >= 0 && this.nextTry.compareAndSet(next, now + REST);
    }

    /** What became of a command. A failure that comes sooner says more than silence, and costs the caller no wait. */
    void note(long start, Duration timeout, @Nullable Throwable failure) {
        boolean silent = RedisErrors.isSilence(failure) && System.nanoTime() - start >= timeout.toNanos();
        if (silent && start - this.heardAt > 0) {
            this.timeouts.incrementAndGet();
        } else if (!silent) {
            this.heardAt = System.nanoTime();
            this.timeouts.set(0);
        }
    }

    Duration lasts(long now) {
        return Duration.ofNanos(now - this.heardAt);
    }
}
