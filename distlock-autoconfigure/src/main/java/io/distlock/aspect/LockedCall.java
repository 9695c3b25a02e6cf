package io.distlock.aspect;

import io.distlock.LockException;
import io.distlock.LockRequest;
import io.distlock.Locker;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
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
            return locker.<@Nullable Object, Exception>execute(request, lease -> run());
        } catch (LockException failure) {
            if (this.started) {
                throw failure;
            }
            return this.operation.without(this.call, failure);
        }
    }

    private @Nullable Object run() throws Exception {
        this.started = true;
        Object result = proceed();
        if (this.operation.extent() == Extent.AWAITED_FUTURE && result instanceof Future<?> future) {
            await(future);
        }
        return result;
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

    /** Its result or failure is for the caller to look at. */
    private static void await(Future<?> future) throws InterruptedException {
        try {
            future.get();
        } catch (ExecutionException | CancellationException ended) {
            return;
        } catch (InterruptedException told) {
            future.cancel(true);
            throw told;
        }
    }

    /** Never returns: lets a throwable that is neither exception nor error through as it is. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException as(Throwable strange) throws E {
        throw (E) strange;
    }
}
