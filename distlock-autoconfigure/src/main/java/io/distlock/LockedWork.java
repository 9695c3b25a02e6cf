package io.distlock;

import org.jspecify.annotations.Nullable;

/** Work with a result, done while a lock is held. */
@FunctionalInterface
public interface LockedWork<T extends @Nullable Object, E extends Exception> {

    T run(Lease lease) throws E;
}
