package io.distlock.driver;

import java.time.Duration;

/**
 * One attempt to get a lock. Asking twice with the same claim is asking once.
 *
 * @param hold what will be held if it is granted
 * @param ttl how long the hold lives in the store
 * @param fences how many fencing numbers to reserve, at least one
 * @param details facts about the holder, stored beside the lock as they are
 */
public record Claim(Hold hold, Duration ttl, int fences, String details) {

    public LockKey key() {
        return this.hold.key();
    }
}
