package io.distlock.driver;

import org.jspecify.annotations.Nullable;

/** A store gave no answer, or one that is no answer. */
public final class LockDriverException extends RuntimeException {

    /** What kind of trouble. */
    public enum Kind {

        /** Not sent: there was no connection. Nothing was changed. */
        UNREACHABLE,

        /** Sent, but not answered in time: nobody knows whether it happened. */
        UNANSWERED,

        /** The store answered that it cannot now: loading, read-only, out of memory, busy with a script. Nothing was changed. */
        REFUSED,

        /** The store will answer the same until somebody mends something: wrong password, missing permission, foreign type. */
        MISCONFIGURED
    }

    private final Kind kind;

    public LockDriverException(Kind kind, String fact, @Nullable Throwable cause) {
        super(fact, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return this.kind;
    }

    /** Whether the command may have been executed. */
    public boolean mayHaveHappened() {
        return this.kind == Kind.UNANSWERED;
    }
}
