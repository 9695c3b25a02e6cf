package io.distlock.aspect;

import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.LockException;
import io.distlock.LockLostException;
import io.distlock.LockRequest;
import io.distlock.LockedWork;
import io.distlock.Locker;
import io.distlock.LossInterrupt;
import io.distlock.WhenLost;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * A call that waits for its lock, runs under it, and gives it back when it returns; if a transaction is running already,
 * when that is over.
 */
final class LockedCall implements LockedWork<@Nullable Object, Exception> {

    private static final boolean TRANSACTIONS_KNOWN = ClassUtils.isPresent(
            "org.springframework.transaction.support.TransactionSynchronizationManager",
            LockedCall.class.getClassLoader());

    private final LockOperation operation;

    private final Call call;

    private boolean started;

    LockedCall(LockOperation operation, Call call) {
        this.operation = operation;
        this.call = call;
    }

    /** @throws Throwable what the work throws, or the failure to get or to keep the lock */
    @Nullable
    Object execute(LockRequest request) throws Throwable {
        Locker locker = this.operation.locker().get();
        try {
            return TRANSACTIONS_KNOWN && KeptLease.isWanted()
                    ? runInTransaction(this.operation.held(locker.acquire(request)))
                    : executeBy(locker, request);
        } catch (LockException failure) {
            if (this.started) {
                throw failure;
            }
            return this.operation.without(this.call, failure);
        }
    }

    // The type of the work allows null, which NullAway reads in its newest mode only.
    @SuppressWarnings("NullAway")
    private @Nullable Object executeBy(Locker locker, LockRequest request) throws Exception {
        return locker.<@Nullable Object, Exception>execute(request, this);
    }

    /** So that the lease is found again under the name of its locker, whatever kind of locker that is. */
    @Override
    @SuppressWarnings("NullAway") // as above
    public @Nullable Object run(Lease lease) throws Exception {
        if (LeaseScope.isCurrent(lease, this.operation.locker().name())) {
            return run();
        }
        try (LeaseScope scope = this.operation.held(lease).open()) {
            return run();
        }
    }

    /** The work's own exception wins; its result counts only if the lock was held to its end. */
    private @Nullable Object runInTransaction(HeldLease held) throws Exception {
        LeaseScope scope = KeptLease.untilCompletion(held);
        try {
            Object result = held.whenLost() == WhenLost.INTERRUPT ? runInterruptibly(held.lease()) : run();
            LockLostException loss = held.decisiveLoss();
            if (loss != null) {
                throw loss;
            }
            return result;
        } catch (Throwable failure) {
            LockLostException loss = failure instanceof LockLostException ? null : held.decisiveLoss();
            if (loss != null) {
                failure.addSuppressed(loss);
            }
            throw failure;
        } finally {
            scope.keep();
        }
    }

    private @Nullable Object runInterruptibly(Lease lease) throws Exception {
        try (LossInterrupt interrupt = LossInterrupt.onLossOf(lease)) {
            return run();
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
            return this.call.proceed();
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
