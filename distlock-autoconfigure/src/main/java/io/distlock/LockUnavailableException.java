package io.distlock;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The store did not answer in time, or refused; nobody knows whether the lock is free. */
public final class LockUnavailableException extends LockException {

    public LockUnavailableException(Set<String> keys, String fact, @Nullable Throwable cause) {
        super(keys, "Lock " + quote(keys) + " is unavailable: " + fact, cause);
    }
}
