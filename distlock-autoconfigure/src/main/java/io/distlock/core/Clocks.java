package io.distlock.core;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Notices when the wall clock has run ahead of the monotonic one: the machine slept, or its clock was set. Either way
 * nobody here knows how much time has passed for the store, so what was confirmed before is uncertain.
 */
final class Clocks {

    private static final long TOLERANCE = Duration.ofSeconds(1).toNanos();

    /** What a thread needs at most to read both clocks; who took longer was held up in between and reads again. */
    private static final long ONE_GLANCE = Duration.ofMillis(1).toNanos();

    private static final long DRIFT = Duration.ofMillis(100).toNanos();

    private final LongSupplier wallMillis;

    private final AtomicReference<Seen> seen;

    private volatile Runnable onJump = () -> {};

    Clocks(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
        this.seen = new AtomicReference<>(new Seen(wallAhead(0), System.nanoTime() - 1));
    }

    /** @param action called on the thread that notices a jump; it must not block */
    void onJump(Runnable action) {
        this.onJump = action;
    }

    /**
     * Whether the clocks have agreed since then, on the monotonic clock.
     *
     * @param now on the same clock, read just before
     */
    boolean agreedSince(long nanos, long now) {
        Seen before = seen();
        // who was held up in between finds the wall clock too far ahead, never too far behind: then it looks again
        boolean suspect = wallNanos() - now - before.ahead > TOLERANCE;
        long ahead = suspect ? wallAhead(before.ahead) : before.ahead;
        return nanos - (ahead - before.ahead > TOLERANCE ? jumped(before, ahead) : before).lastJump > 0;
    }

    /** To be called now and then: clocks that drift apart slowly have not jumped. */
    void settle() {
        Seen before = seen();
        long ahead = wallAhead(before.ahead);
        if (ahead - before.ahead > TOLERANCE) {
            jumped(before, ahead);
        } else if (Math.abs(ahead - before.ahead) > DRIFT) {
            this.seen.compareAndSet(before, new Seen(ahead, before.lastJump));
        }
    }

    private Seen jumped(Seen before, long ahead) {
        Seen next = new Seen(ahead, System.nanoTime());
        if (this.seen.compareAndSet(before, next)) {
            this.onJump.run();
            return next;
        }
        return seen();
    }

    private Seen seen() {
        return Objects.requireNonNull(this.seen.get());
    }

    /** In nanoseconds; {@code otherwise} where this thread cannot tell. */
    private long wallAhead(long otherwise) {
        for (int attempt = 0; attempt < 3; attempt++) {
            long start = System.nanoTime();
            long wall = wallNanos();
            if (System.nanoTime() - start < ONE_GLANCE) {
                return wall - start;
            }
        }
        return otherwise;
    }

    private long wallNanos() {
        return TimeUnit.MILLISECONDS.toNanos(this.wallMillis.getAsLong());
    }

    private record Seen(long ahead, long lastJump) {}
}
