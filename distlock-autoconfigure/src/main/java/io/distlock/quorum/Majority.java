package io.distlock.quorum;

import java.time.Duration;

/**
 * The arithmetic of several stores: two majorities of the same stores always share one.
 *
 * @param nodes how many there are
 */
record Majority(int nodes) {

    /** What clocks of stores and of this JVM may run apart during a ttl, in parts of it. */
    private static final int DRIFT_PARTS = 50;

    private static final long LEAST_DRIFT = Duration.ofMillis(2).toNanos();

    int needed() {
        return this.nodes / 2 + 1;
    }

    /** How many may be away without being missed. */
    int spare() {
        return this.nodes - needed();
    }

    boolean isReachedBy(int votes) {
        return votes >= needed();
    }

    /** Whether no majority can come about any more, after so many did not agree. */
    boolean isOutOfReachAfter(int others) {
        return others > spare();
    }

    /** Nanoseconds for which a majority may be relied on that took so long to find, if that is more than nothing. */
    static long validity(Duration ttl, long elapsed) {
        long whole = ttl.toNanos();
        return whole - elapsed - Math.max(LEAST_DRIFT, whole / DRIFT_PARTS);
    }
}
