package io.distlock.aspect;

import io.distlock.Lease;
import io.distlock.LockException;
import io.distlock.LockLostException;
import io.distlock.WhenLost;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What a caller gets at once: it ends when the work has ended and the lease has been given back. Cancelling it cancels
 * whatever is under way, the wait for the lock or the work.
 */
final class LockedFuture extends CompletableFuture<@Nullable Object> {

    private final FutureCalls calls;

    private final LockOperation operation;

    private final Call call;

    private final List<SharedHold> holds;

    private volatile @Nullable Future<?> underWay;

    LockedFuture(FutureCalls calls, LockOperation operation, Call call, List<SharedHold> entered) {
        this.calls = calls;
        this.operation = operation;
        this.call = call;
        this.holds = new ArrayList<>(entered);
    }

    /** Waits for the lease, and runs the method under it. */
    LockedFuture start(CompletableFuture<Lease> asked) {
        cancelWithThis(asked);
        asked.whenCompleteAsync(
                (lease, failure) -> {
                    if (failure == null) {
                        this.holds.add(this.calls.share(lease));
                        run(lease);
                    } else {
                        notGranted(unwrapped(failure));
                    }
                },
                this.calls.threads());
        return this;
    }

    /** Runs the method under a lease that it shares. */
    LockedFuture start(Lease lease) {
        run(lease);
        return this;
    }

    private void run(Lease lease) {
        try (LeaseScopes scopes =
                new LeaseScopes(this.call.under(this.operation.held(lease)).outer())) {
            if (isDone()) {
                end(lease, null, null);
                return;
            }
            lease.ensureHeld();
            CompletionStage<?> work = stage(this.call.proceed());
            interruptOnLoss(lease, work);
            work.whenComplete((value, failure) -> this.calls.threads().execute(() -> end(lease, value, failure)));
        } catch (Throwable failure) {
            end(lease, null, failure);
        }
    }

    private CompletionStage<?> stage(@Nullable Object returned) {
        if (returned == null) {
            return CompletableFuture.completedStage(null);
        }
        if (returned instanceof CompletionStage<?> stage) {
            if (stage instanceof Future<?> future) {
                cancelWithThis(future);
            }
            return stage;
        }
        ((Future<?>) returned).cancel(true);
        throw new IllegalStateException(this.operation.annotated() + " returned a "
                + returned.getClass().getName() + ", whose end cannot be awaited; return a CompletableFuture");
    }

    private void interruptOnLoss(Lease lease, CompletionStage<?> work) {
        if (this.operation.terms().whenLost() == WhenLost.INTERRUPT && work instanceof Future<?> future) {
            lease.onLost(loss -> future.cancel(true));
        }
    }

    /** The work's own failure wins; a result counts only if the lock was held to the end. */
    private void end(Lease lease, @Nullable Object value, @Nullable Throwable failure) {
        LockLostException loss = this.operation.held(lease).decisiveLoss();
        giveBack();
        Throwable own = failure == null ? null : unwrapped(failure);
        if (loss == null) {
            finish(value, own);
        } else if (own == null || own instanceof CancellationException || own == loss) {
            finish(null, loss);
        } else {
            own.addSuppressed(loss);
            finish(null, own);
        }
    }

    private void finish(@Nullable Object value, @Nullable Throwable failure) {
        if (failure == null) {
            complete(value);
        } else {
            completeExceptionally(failure);
        }
    }

    private void notGranted(Throwable failure) {
        giveBack();
        try {
            if (!(failure instanceof LockException known)) {
                throw failure;
            }
            stage(this.operation.without(this.call, known))
                    .whenComplete((value, thrown) -> finish(value, thrown == null ? null : unwrapped(thrown)));
        } catch (Throwable thrown) {
            completeExceptionally(thrown);
        }
    }

    private void giveBack() {
        this.holds.forEach(this.calls::leave);
    }

    private void cancelWithThis(Future<?> future) {
        this.underWay = future;
        if (isCancelled()) {
            future.cancel(true);
        }
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        boolean cancelled = super.cancel(mayInterrupt);
        Future<?> current = this.underWay;
        if (cancelled && current != null) {
            current.cancel(mayInterrupt);
        }
        return cancelled;
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
