package io.distlock.fence;

import io.distlock.Lease;

/**
 * Remembers the highest fence that a resource has seen, and refuses lower ones (fencing tokens: Kleppmann, "How to do
 * distributed locking", 2016). Fences of one key only grow, so whoever comes with a lower one has lost its lease, whether
 * it knows or not.
 *
 * <p>Guards can be shared between threads. Fences of different lockers cannot be compared, not even for the same key: let
 * one locker protect a resource.
 */
public interface FenceGuard {

    /**
     * Lets the holder of this fence go on, and from now on nobody with a lower one.
     *
     * @param resource what is protected, usually the lock's key
     * @throws StaleFenceException when a higher fence was seen
     */
    void check(String resource, long fence);

    /**
     * Checks every key of the lease.
     *
     * @throws StaleFenceException when a later lease of one of them was seen
     */
    default void check(Lease lease) {
        lease.keys().forEach(key -> check(key, lease.fencingToken(key)));
    }
}
