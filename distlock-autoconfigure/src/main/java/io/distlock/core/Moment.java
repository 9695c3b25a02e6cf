package io.distlock.core;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Waits awake for what a store nearby answers in a moment: to wake a parked thread takes about as long as the answer.
 * Only a few threads of a JVM do so at a time, and each lets others run before it looks again, so that a busy machine
 * loses nothing by it.
 */
final class Moment {

    static final long LONGEST = Duration.ofNanos(100_000).toNanos();

    private static final int MOST_AT_ONCE = Runtime.getRuntime().availableProcessors() / 2;

    private static final AtomicInteger AWAKE = new AtomicInteger();

    private Moment() {}

    /** Returns when it is so, or when the moment is over. */
    static void until(BooleanSupplier so) {
        if (AWAKE.incrementAndGet() <= MOST_AT_ONCE) {
            long end = System.nanoTime() + LONGEST;
            while (!so.getAsBoolean() && System.nanoTime() - end < 0) {
                Thread.yield();
            }
        }
        AWAKE.decrementAndGet();
    }
}
