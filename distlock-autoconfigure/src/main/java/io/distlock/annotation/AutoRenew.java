package io.distlock.annotation;

/** Whether a lock is kept alive while the method runs. */
public enum AutoRenew {

    /** As the locker is configured. */
    DEFAULT,

    /** Kept alive until the method ends or {@code maxHold} is over. */
    TRUE,

    /** Ends after its ttl, whether the method has ended or not. */
    FALSE
}
