package io.distlock.core;

import io.distlock.Lease;
import io.distlock.LockLost;
import io.distlock.LockLostException;
import io.distlock.LockedWork;
import io.distlock.LossInterrupt;
import io.distlock.WhenLost;
import org.jspecify.annotations.Nullable;

/** Work under a lease, and what becomes of it when the lease is lost meanwhile. */
final class HeldWork {

    private HeldWork() {}

    static <T extends @Nullable Object, E extends Exception> T run(
            Lease lease, LockedWork<T, E> work, WhenLost whenLost) throws E {
        return whenLost == WhenLost.REPORT ? work.run(lease) : heldToTheEnd(lease, work, whenLost);
    }

    /** The work's own exception wins; its result counts only if the lock was held to its end. */
    private static <T extends @Nullable Object, E extends Exception> T heldToTheEnd(
            Lease lease, LockedWork<T, E> work, WhenLost whenLost) throws E {
        T result;
        try {
            result = whenLost == WhenLost.INTERRUPT ? interruptible(lease, work) : work.run(lease);
        } catch (Throwable failure) {
            LockLostException loss = lossOf(lease);
            if (loss != null) {
                failure.addSuppressed(loss);
            }
            throw failure;
        }
        LockLostException loss = lossOf(lease);
        if (loss != null) {
            throw loss;
        }
        return result;
    }

    private static <T extends @Nullable Object, E extends Exception> T interruptible(Lease lease, LockedWork<T, E> work)
            throws E {
        try (LossInterrupt interrupt = LossInterrupt.onLossOf(lease)) {
            return work.run(lease);
        }
    }

    /** Work may release its lease itself; that is no loss. */
    private static @Nullable LockLostException lossOf(Lease lease) {
        LockLost loss = Losses.of(lease);
        return loss == null ? null : new LockLostException(loss);
    }
}
