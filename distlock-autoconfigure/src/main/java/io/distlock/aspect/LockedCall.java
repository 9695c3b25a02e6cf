package io.distlock.aspect;

import io.distlock.Lease;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.Locker;
import org.jspecify.annotations.Nullable;

/** A call that waits for its lock, runs under it, and gives it back when it returns. */
final class LockedCall {

    private final LockOperation operation;

    private final Call call;

    private boolean started;

    LockedCall(LockOperation operation, Call call) {
        this.operation = operation;
        this.call = call;
    }

    // The type of the work allows null, which NullAway reads in its newest mode only.
    @SuppressWarnings("NullAway")
    @Nullable
    Object execute(Locker locker, LockRequest request) throws Throwable {
        try {
            return locker.<@Nullable Object, Exception>execute(request, this::run);
        } catch (LockNotAcquiredException refusal) {
            boolean busy = refusal.reason() == Reason.BUSY || refusal.reason() == Reason.SHED;
            if (this.started || !busy) {
                throw refusal;
            }
            return this.operation.busy().answer(this.call, refusal);
        }
    }

    private @Nullable Object run(Lease lease) throws Exception {
        this.started = true;
        if (!this.operation.interrupts()) {
            return proceed();
        }
        try (Interruption interruption = Interruption.onLossOf(lease)) {
            return proceed();
        }
    }

    private @Nullable Object proceed() throws Exception {
        try {
            return this.call.body().proceed();
        } catch (Exception | Error failure) {
            throw failure;
        } catch (Throwable strange) {
            throw LockedCall.<RuntimeException>as(strange);
        }
    }

    /** Never returns: lets a throwable that is neither exception nor error through as it is. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException as(Throwable strange) throws E {
        throw (E) strange;
    }
}
