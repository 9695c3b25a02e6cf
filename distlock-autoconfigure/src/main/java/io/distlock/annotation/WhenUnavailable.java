package io.distlock.annotation;

/** What a call does when the store of the locks does not answer, or refuses. */
public enum WhenUnavailable {

    /** It fails with {@code LockUnavailableException}. */
    THROW,

    /** It runs without the lock, and a warning is logged: for locks that only save work. */
    PROCEED
}
