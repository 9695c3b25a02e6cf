package io.distlock.core;

import java.time.Duration;

/**
 * How long a holder may believe what a store promised for a ttl. Counted on the monotonic clock from before the question
 * was sent, and shortened for clocks that run at different rates, as Redlock does (Sanfilippo, "Distributed locks with
 * Redis").
 */
final class Validity {

    private static final long LEAST_MARGIN = Duration.ofMillis(2).toNanos();

    private static final int MARGIN_PARTS = 50;

    private Validity() {}

    /** Nanoseconds of belief for a ttl in nanoseconds. */
    static long of(long ttl) {
        return ttl - Math.max(LEAST_MARGIN, ttl / MARGIN_PARTS);
    }
}
