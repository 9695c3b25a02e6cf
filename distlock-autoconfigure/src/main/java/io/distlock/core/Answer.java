package io.distlock.core;

import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockState;
import io.distlock.driver.LockDriverException;
import org.jspecify.annotations.Nullable;

/** What a waiter gets in the end; exactly one. A lease is the answer itself, since it is that of nearly every lock. */
sealed interface Answer permits KeyLease, Answer.Refused, Answer.Unavailable, Answer.Failed, Answer.Left {

    /**
     * @param holder who holds the lock instead, where that is known
     * @param owner the thread of this JVM that holds it, if one does
     */
    record Refused(
            Reason reason,
            @Nullable LockState holder,
            @Nullable Thread owner) implements Answer {}

    record Unavailable(LockDriverException failure) implements Answer {}

    /** The store could not even be asked, since no token could be made: what the generator threw. */
    record Failed(Throwable failure) implements Answer {

        /** To be thrown; unless it is an error, which is thrown here. */
        RuntimeException thrown() {
            if (this.failure instanceof Error error) {
                throw error;
            }
            return (RuntimeException) this.failure;
        }
    }

    /** The waiter has left by itself. */
    record Left() implements Answer {}
}
