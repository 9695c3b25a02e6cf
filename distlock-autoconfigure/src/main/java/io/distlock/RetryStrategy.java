package io.distlock;

import java.time.Duration;
import java.util.Optional;

/**
 * How callers ask again where the store keeps no line of those who wait: a quorum, a sequence, a driver of the
 * application's own. As a bean it takes the place of {@code distlock.retry}; a locker whose own entry speaks of retries
 * does as that says.
 *
 * <p>It knows nothing of the acquisition but how often that has asked, so that no two ever share a count.
 */
@FunctionalInterface
public interface RetryStrategy {

    /**
     * Called on threads that must not block.
     *
     * @param questions how many of one acquisition were answered so far, from one on
     * @return the pause before the next one, cut by what is left of the wait; empty = the caller is told that the lock is
     *     busy
     */
    Optional<Duration> pauseAfter(int questions);
}
