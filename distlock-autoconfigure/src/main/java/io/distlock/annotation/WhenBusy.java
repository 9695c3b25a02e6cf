package io.distlock.annotation;

/** What a call gives when others hold the lock after the whole wait. */
public enum WhenBusy {

    /** It fails with {@code LockNotAcquiredException}. */
    THROW,

    /**
     * It gives nothing: null, an empty {@code Optional}, a completed future of null, an empty publisher. Not for methods
     * whose result is primitive.
     */
    SKIP
}
