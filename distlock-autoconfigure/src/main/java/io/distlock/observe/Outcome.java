package io.distlock.observe;

import io.distlock.LockNotAcquiredException.Reason;
import java.util.Locale;

/** How asking for a lock, or holding it, came out: the values of the tag {@code outcome}. */
enum Outcome {
    ACQUIRED,
    BUSY,
    SHED,
    INTERRUPTED,
    CLOSED,
    CANCELLED,
    UNAVAILABLE,
    /** Held, and ended before it was released. */
    LOST,
    /** The work ran without its lock. */
    UNLOCKED;

    static Outcome of(Reason reason) {
        return switch (reason) {
            case BUSY -> BUSY;
            case SHED -> SHED;
            case INTERRUPTED -> INTERRUPTED;
            case CLOSED -> CLOSED;
        };
    }

    /** Whether somebody has asked, and waited for this answer. */
    boolean endsWait() {
        return this != LOST && this != UNLOCKED;
    }

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
