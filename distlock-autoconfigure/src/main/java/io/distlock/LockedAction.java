package io.distlock;

/** Work without a result, done while a lock is held. */
@FunctionalInterface
public interface LockedAction<E extends Exception> {

    void run(Lease lease) throws E;
}
