package io.distlock;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Which times make sense for a lock. */
final class Durations {

    private static final Duration SHORTEST_TTL = Duration.ofMillis(10);

    /** Far beyond any use, and far below what a clock in nanoseconds or a store in milliseconds can hold. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    private Durations() {}

    static Duration ttl(@Nullable Duration ttl) {
        Duration checked = notNegative("ttl", ttl);
        if (checked.compareTo(SHORTEST_TTL) < 0) {
            throw new IllegalArgumentException("A lock's ttl must be at least " + SHORTEST_TTL.toMillis()
                    + " ms, since the margin for clock drift would eat it; this is " + ttl);
        }
        return checked;
    }

    static Duration positive(String what, @Nullable Duration time) {
        Duration checked = notNegative(what, time);
        if (checked.isZero()) {
            throw new IllegalArgumentException("A lock's " + what + " must be longer than zero");
        }
        return checked;
    }

    static Duration notNegative(String what, @Nullable Duration time) {
        if (time == null) {
            throw new IllegalArgumentException("A lock's " + what + " must not be null");
        }
        if (time.isNegative()) {
            throw new IllegalArgumentException("A lock's " + what + " must not be negative: " + time);
        }
        if (time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "A lock's " + what + " must not be longer than " + LONGEST.toDays() + " days: " + time);
        }
        return time;
    }
}
