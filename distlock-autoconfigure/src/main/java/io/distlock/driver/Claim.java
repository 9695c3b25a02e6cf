package io.distlock.driver;

import java.time.Duration;

/**
 * One attempt to get a lock. Asking twice with the same claim is asking once.
 *
 * @param hold what will be held if it is granted
 * @param ttl how long the hold lives in the store
 * @param fences how many fencing numbers to reserve, at least one
 * @param details facts about the holder, stored beside the lock as they are
 * @param permits with how many holders at most, itself among them, it may hold the key: {@link #ALONE}, or more, which
 *     only a {@link SharingDriver} is asked for
 */
public record Claim(Hold hold, Duration ttl, int fences, String details, int permits) {

    /** Nobody else may hold the key. */
    public static final int ALONE = 1;

    /** Any number of others may hold the key too, if they share it. */
    public static final int ANY_NUMBER = Integer.MAX_VALUE;

    /** For one who holds the key alone. */
    public Claim(Hold hold, Duration ttl, int fences, String details) {
        this(hold, ttl, fences, details, ALONE);
    }

    public LockKey key() {
        return this.hold.key();
    }

    public boolean isShared() {
        return this.permits != ALONE;
    }
}
