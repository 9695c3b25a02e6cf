package io.distlock;

import java.util.List;
import java.util.Set;

/** A locker that shows operations what it does, and lets them end a hold. The lockers that distlock makes are. */
public interface WatchedLocker extends Locker {

    /** What is held and awaited in this JVM, in no order; asks no store, and is old as soon as it is returned. */
    List<LocalLock> locks();

    /**
     * Ends, without its holder's consent, the very hold that {@link #inspect} showed. A holder in this JVM has lost its
     * lease when this returns; one elsewhere is told, at the latest when it renews.
     *
     * @param token as {@link LockState#token()} showed it; of several who share the key, as {@link LockState.Holder#token()}
     *     did of the one that is meant
     * @return {@code RELEASED}; {@code EXPIRED} when nobody holds the key any more, {@code TAKEN} when somebody else does,
     *     {@code UNKNOWN} when the store did not answer, and may have ended the hold
     * @throws LockUnavailableException when the store did not say who holds the key; nothing was ended
     * @throws IllegalArgumentException when several share the key and the token is what they have in common
     */
    ReleaseOutcome free(String key, String token);

    /**
     * Asks the store whether it would grant a lock, and takes none.
     *
     * @throws LockUnavailableException when it did not answer, or would refuse: as a read-only copy, say, or for want of
     *     memory
     */
    default void probe() {
        inspect("distlock-health-check");
    }

    /** What works, but less well than it could, one sentence each; empty when all is well. */
    Set<String> degradations();
}
