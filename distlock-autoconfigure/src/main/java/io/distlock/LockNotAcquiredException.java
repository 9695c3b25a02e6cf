package io.distlock;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lock was not granted although the store answered; nothing is held. */
public final class LockNotAcquiredException extends LockException {

    /** Why it was not granted. */
    public enum Reason {

        /** Others held it during the whole wait. */
        BUSY,

        /** Too many wait for it in this instance already. */
        SHED,

        /** The waiting thread was interrupted; its flag is set again. */
        INTERRUPTED,

        /** The locker is closing. */
        CLOSED
    }

    private final Reason reason;

    private final Duration waited;

    private final transient @Nullable LockState holder;

    public LockNotAcquiredException(
            Set<String> keys,
            Reason reason,
            Duration waited,
            @Nullable LockState holder,
            String fact,
            @Nullable Throwable cause) {
        super(keys, "Lock " + quote(keys) + " " + fact, cause);
        this.reason = reason;
        this.waited = waited;
        this.holder = holder;
    }

    public Reason reason() {
        return this.reason;
    }

    /** How long this call waited. */
    public Duration waited() {
        return this.waited;
    }

    /** Who held the lock when the store was last asked, where it was asked. */
    public Optional<LockState> holder() {
        return Optional.ofNullable(this.holder);
    }
}
