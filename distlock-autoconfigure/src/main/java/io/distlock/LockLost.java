package io.distlock;

import java.time.Duration;
import java.util.Set;

/**
 * The fact that a lease ended before it was released.
 *
 * @param keys what was locked
 * @param name label of the lock
 * @param fencingToken number under which the lock was held
 * @param reason how it was noticed
 * @param held for how long the lease had been held
 */
public record LockLost(Set<String> keys, String name, long fencingToken, Reason reason, Duration held) {

    /** How a loss was noticed. */
    public enum Reason {

        /** The store could not be reached in time to renew, or renewing had ended; the key may live on for a moment. */
        EXPIRED,

        /** The key was gone from the store: expired there, deleted, evicted, or the store lost its data. */
        GONE,

        /** The key holds something that is not ours. */
        TAKEN
    }

    /** One sentence for logs and exceptions. */
    public String describe() {
        String fact = switch (this.reason) {
            case EXPIRED -> "its validity ended before a renewal succeeded";
            case GONE -> "its key is gone from the store";
            case TAKEN -> "its key is held by another";
        };
        return "Lock " + LockException.quote(this.keys) + " was lost after " + this.held + ": " + fact;
    }
}
