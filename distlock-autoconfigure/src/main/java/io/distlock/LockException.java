package io.distlock;

import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Something kept a lock from being taken or held. Exactly one of three facts, one subclass each. */
public abstract sealed class LockException extends RuntimeException
        permits LockNotAcquiredException, LockUnavailableException, LockLostException {

    private final Set<String> keys;

    LockException(Set<String> keys, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.keys = Set.copyOf(keys);
    }

    /** The keys that were asked for. */
    public Set<String> keys() {
        return this.keys;
    }

    static String quote(Set<String> keys) {
        return keys.stream().map(key -> "'" + key + "'").collect(Collectors.joining(", "));
    }
}
