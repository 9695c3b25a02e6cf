package io.distlock;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
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
        TAKEN,

        /** An operator ended the hold by force: {@link WatchedLocker#free}. */
        FREED,

        /** The locker was closed while the lease was held; nobody renews it, and its key lives on until its ttl ends. */
        CLOSED,

        /**
         * The clock of the machine ran ahead, and the store has not said yet whether the key is still ours. Only
         * {@link Lease#ensureHeld()} and the end of {@code execute} say so; listeners are told what it turns out to be.
         */
        UNCERTAIN
    }

    /** One sentence for logs and exceptions. */
    public String describe() {
        String fact = switch (this.reason) {
            case EXPIRED -> "its validity ended before a renewal succeeded";
            case GONE -> "its key is gone from the store";
            case TAKEN -> "its key is held by another";
            case FREED -> "it was freed by force";
            case CLOSED -> "its locker was closed";
            case UNCERTAIN -> "the machine slept or its clock was set, and the store has not confirmed the lock since";
        };
        String word = this.reason == Reason.UNCERTAIN ? " is uncertain after " : " was lost after ";
        return "Lock " + LockException.quote(this.keys) + word + this.held.truncatedTo(ChronoUnit.MILLIS) + ": " + fact;
    }
}
