package io.distlock.core;

import io.distlock.Lease;
import io.distlock.LockException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How callers come by a lease: as a parked thread or as a future, of one key or of several. */
final class Taking {

    private static final long FAR = Long.MAX_VALUE / 4;

    private static final int THREADS = 8;

    private static final int IDLE_SECONDS = 2;

    private final Desk desk;

    private final Tellers tellers;

    private final Details details;

    private final TermsOfLate terms;

    private final Refusing refusing;

    private final ThreadPoolExecutor completions;

    Taking(LockerSettings settings, Desk desk, Tellers tellers, Details details) {
        this.desk = desk;
        this.tellers = tellers;
        this.details = details;
        this.refusing = new Refusing(desk.here(), tellers);
        this.terms = new TermsOfLate(request -> Terms.checked(request, settings, desk.canShare()));
        this.completions = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Taking::thread,
                // closed: whoever answers now tells the caller itself, or nobody would
                (task, closed) -> task.run());
        this.completions.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "distlock-async");
        thread.setDaemon(true);
        return thread;
    }

    Demand demand(LockRequest request) {
        return Demand.of(request, this.terms.of(request), this.details);
    }

    /** Of a thread that waits itself. */
    private Demand ownDemand(LockRequest request) {
        return demand(request).whileHolding(OwnLeases.locks(Demand.MOST_HELD));
    }

    Lease take(LockRequest request) {
        Demand demand = ownDemand(request);
        if (request.keys().size() == 1) {
            return take(request.keys().iterator().next(), demand);
        }
        return new TakingKeys(this, this.desk, request.keys(), demand).take();
    }

    /** Empty = busy or shed; everything else is an exception. */
    Optional<Lease> tryTake(LockRequest request) {
        if (request.keys().size() > 1) {
            return tryTakeAll(request);
        }
        Demand demand = ownDemand(request);
        String key = request.keys().iterator().next();
        long start = System.nanoTime();
        Answer answer = ask(key, demand, start);
        if (answer instanceof Answer.Refused refused && isNo(refused.reason())) {
            this.tellers.refused(demand, request.keys(), since(start), refused.reason());
            return Optional.empty();
        }
        return Optional.of(granted(request.keys(), demand, start, answer));
    }

    private Optional<Lease> tryTakeAll(LockRequest request) {
        try {
            return Optional.of(take(request));
        } catch (LockNotAcquiredException refused) {
            if (isNo(refused.reason())) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    private static boolean isNo(Reason reason) {
        return reason == Reason.BUSY || reason == Reason.SHED;
    }

    LeaseInHand take(String key, Demand demand) {
        long start = System.nanoTime();
        Answer answer = ask(key, demand, start);
        return answer instanceof KeyLease lease ? handedOut(lease, start) : granted(Set.of(key), demand, start, answer);
    }

    private Answer ask(String key, Demand demand, long start) {
        this.tellers.asked(demand, key);
        if (Thread.currentThread().isInterrupted()) {
            return new Answer.Refused(Reason.INTERRUPTED, null, null);
        }
        Waiter waiter = new Waiter(demand, null, start);
        KeyLine line = this.desk.here().enter(key, waiter);
        Answer answer = waiter.await(demand.isPatient() ? start + demand.waitFor() : start + FAR);
        if (answer == null && !Thread.currentThread().isInterrupted()) {
            line.admitting().lastCall(waiter);
            answer = waiter.await(start + FAR);
        }
        Answer last = answer != null ? answer : leave(line, waiter);
        this.tellers.heldBy(demand, key, waiter);
        return last;
    }

    /** A grant that came at the last moment is kept; the caller sees the interrupt flag all the same. */
    private static Answer leave(KeyLine line, Waiter waiter) {
        if (waiter.answer(new Answer.Left())) {
            line.admitting().gone(waiter);
            return new Answer.Refused(Reason.INTERRUPTED, null, null);
        }
        Answer answer = waiter.answer();
        return answer != null ? answer : new Answer.Left();
    }

    CompletableFuture<Lease> takeAsync(LockRequest request) {
        Demand demand = demand(request);
        if (request.keys().size() == 1) {
            return takeAsync(request.keys().iterator().next(), demand);
        }
        return new TakingKeys(this, this.desk, request.keys(), demand).takeAsync(this.completions);
    }

    PendingLease takeAsync(String key, Demand demand) {
        long start = System.nanoTime();
        Set<String> keys = Set.of(key);
        PendingLease pending = new PendingLease();
        Waiter waiter = new Waiter(
                demand,
                (self, answer) -> this.completions.execute(() -> {
                    this.tellers.heldBy(demand, key, self);
                    complete(pending, keys, demand, start, answer);
                }),
                start);
        this.tellers.asked(demand, key);
        KeyLine line = this.desk.here().enter(key, waiter);
        pending.await(
                demand.isPatient()
                        ? this.desk
                                .ticker()
                                .at(
                                        start + demand.waitFor(),
                                        () -> line.admitting().lastCall(waiter))
                        : null,
                () -> {
                    if (waiter.answer(new Answer.Left())) {
                        line.admitting().gone(waiter);
                    }
                });
        return pending;
    }

    private void complete(PendingLease pending, Set<String> keys, Demand demand, long start, Answer answer) {
        if (answer instanceof Answer.Left) {
            this.tellers.cancelled(demand, keys, since(start));
            return;
        }
        try {
            LeaseInHand lease = granted(keys, demand, start, answer);
            if (!pending.complete(lease)) {
                lease.release();
            }
        } catch (RuntimeException | Error refused) {
            pending.completeExceptionally(refused);
        }
    }

    private LeaseInHand granted(Set<String> keys, Demand demand, long start, Answer answer) {
        if (answer instanceof KeyLease lease) {
            return handedOut(lease, start);
        }
        if (answer instanceof Answer.Failed failed) {
            this.tellers.cancelled(demand, keys, since(start));
            throw failed.thrown();
        }
        throw this.refusing.refused(keys, demand, start, answer);
    }

    private LeaseInHand handedOut(KeyLease lease, long start) {
        LeaseInHand inHand = lease.handOut();
        this.tellers.taken(lease, start);
        return inHand;
    }

    LockException refused(Set<String> keys, Demand demand, long start, Answer answer) {
        return this.refusing.refused(keys, demand, start, answer);
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** See {@link Closing}. */
    void close(Duration grace) {
        new Closing(this.desk).close(grace);
        this.completions.shutdown();
        this.tellers.close();
    }

    /** The future in the caller's hand: cancelling it leaves the line. */
    static final class PendingLease extends CompletableFuture<Lease> {

        void await(Ticker.@Nullable Entry end, Runnable leave) {
            whenComplete((lease, failure) -> {
                if (end != null) {
                    end.cancel();
                }
                if (isCancelled()) {
                    leave.run();
                }
            });
        }
    }
}
