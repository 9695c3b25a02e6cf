package io.distlock.core;

import io.distlock.Lease;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockKey;
import io.distlock.driver.SeveralKeysDriver;
import io.distlock.driver.SeveralKeysDriver.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One lease of several keys in the making: all or none, in byte order, so that no two callers wait for each other. What the
 * store can grant in one step is asked for in one step, which never waits; where a key is not to be had, those before it
 * are taken, and then it is waited for alone, while they are renewed.
 */
final class TakingKeys {

    private final Taking taking;

    private final Desk desk;

    private final Set<String> keys;

    private final List<LockKey> all;

    private final Demand demand;

    private final long start = System.nanoTime();

    private final List<LeaseInHand> taken;

    /** The key that was not to be had when it was last asked for together with others. */
    private int busyAt = -1;

    /** Whether the store does not answer for several of them in one step. */
    private boolean apart;

    TakingKeys(Taking taking, Desk desk, Set<String> keys, Demand demand) {
        this.taking = taking;
        this.desk = desk;
        this.keys = keys;
        this.all = keys.stream().map(desk::key).toList();
        this.demand = demand;
        this.taken = new ArrayList<>(keys.size());
    }

    /** What is asked for next: several keys in one step, or one that is waited for. */
    private List<LockKey> next() {
        int from = this.taken.size();
        List<LockKey> rest = this.all.subList(from, this.all.size());
        int reach = this.apart || this.demand.isShared() ? 1 : this.desk.together(rest);
        int before = this.busyAt < from ? reach : Math.min(reach, this.busyAt - from);
        return rest.subList(0, Math.max(1, before));
    }

    /** The same, ready to wait for what is left of the wait. */
    private Demand left() {
        return this.demand
                .waiting(this.start + this.demand.waitFor() - System.nanoTime())
                .whileHolding(this.taken.stream().map(LeaseInHand::lock).toList());
    }

    private boolean isDone() {
        return this.taken.size() == this.all.size();
    }

    private Lease lease() {
        return new KeysLease(this.keys, this.taken, this.desk.driver());
    }

    private void rollBack() {
        Endings.release(this.taken, this.desk.driver());
    }

    // ---- by a thread ----

    Lease take() {
        try {
            while (!isDone()) {
                List<LockKey> next = next();
                SeveralKeysDriver store = this.desk.severalKeys();
                if (next.size() == 1 || store == null) {
                    this.taken.add(this.taking.take(next.get(0).key(), left()));
                } else {
                    takeTogether(next, store);
                }
            }
            return lease();
        } catch (RuntimeException | Error refused) {
            rollBack();
            throw refused;
        }
    }

    private void takeTogether(List<LockKey> next, SeveralKeysDriver store) {
        Demand left = left();
        Answer refusal;
        if (Thread.currentThread().isInterrupted()) {
            refusal = new Answer.Refused(Reason.INTERRUPTED, null, null);
        } else {
            OneStep step = new OneStep(this.desk, store, next, left);
            try {
                refusal = heard(step, step.await(), next, left, true);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                refusal = new Answer.Refused(Reason.INTERRUPTED, null, null);
            } catch (LockDriverException trouble) {
                refusal = new Answer.Unavailable(trouble);
            }
        }
        if (refusal != null) {
            throw refuse(next, left, refusal);
        }
    }

    /** @return why all is over; null = it goes on */
    private @Nullable Answer heard(
            OneStep step, Together together, List<LockKey> asked, Demand left, boolean byThread) {
        if (together instanceof Together.Refused refused) {
            this.busyAt = this.taken.size() + refused.index();
            // an attempt of our own that was given up is in nobody's way once that key is asked for alone
            return left.isPatient()
                            || this.desk.undo().isLeftover(refused.busy().token())
                    ? null
                    : new Answer.Refused(Reason.BUSY, States.of(asked.get(refused.index()), refused.busy()), null);
        }
        if (together instanceof Together.Granted granted) {
            return granted(step, granted, byThread);
        }
        this.apart = true;
        return null;
    }

    private @Nullable Answer granted(OneStep step, Together.Granted granted, boolean byThread) {
        if (this.desk.isClosed()) {
            step.abandon();
            return new Answer.Refused(Reason.CLOSED, null, null);
        }
        if (step.isLate()) {
            step.abandon();
            this.apart = true;
        } else {
            this.taken.addAll(step.accept(granted.grants(), byThread));
        }
        return null;
    }

    private RuntimeException refuse(List<LockKey> asked, Demand left, Answer refusal) {
        boolean busy = refusal instanceof Answer.Refused refused && refused.reason() == Reason.BUSY;
        List<LockKey> about = busy ? List.of(this.all.get(this.busyAt)) : asked;
        Set<String> names = Set.copyOf(about.stream().map(LockKey::key).toList());
        this.desk.tellers().asked(left, about.get(0).key());
        return this.taking.refused(names, left, this.start, refusal);
    }

    // ---- by a future ----

    /** @param executor for what callers are told */
    CompletableFuture<Lease> takeAsync(Executor executor) {
        CompletableFuture<Lease> lease = new CompletableFuture<>();
        takeNext(lease, executor);
        return lease;
    }

    private void takeNext(CompletableFuture<Lease> lease, Executor executor) {
        if (isDone() || lease.isDone()) {
            if (!isDone() || !lease.complete(lease())) {
                rollBack();
            }
            return;
        }
        List<LockKey> next = next();
        SeveralKeysDriver store = this.desk.severalKeys();
        if (next.size() == 1 || store == null) {
            CompletableFuture<Lease> one = this.taking.takeAsync(next.get(0).key(), left());
            lease.whenComplete((done, failure) -> one.cancel(false));
            one.whenComplete((part, failure) -> {
                if (failure == null) {
                    this.taken.add((LeaseInHand) part);
                    takeNext(lease, executor);
                } else {
                    fail(lease, failure);
                }
            });
        } else {
            takeTogether(next, store, lease, executor);
        }
    }

    private void takeTogether(
            List<LockKey> next, SeveralKeysDriver store, CompletableFuture<Lease> lease, Executor executor) {
        Demand left = left();
        OneStep step;
        try {
            step = new OneStep(this.desk, store, next, left);
        } catch (RuntimeException | Error noToken) {
            fail(lease, noToken);
            return;
        }
        step.answer()
                .whenCompleteAsync(
                        (together, failure) -> {
                            Answer refusal = failure == null
                                    ? heard(step, together, next, left, false)
                                    : new Answer.Unavailable(step.failed(failure));
                            if (refusal == null) {
                                takeNext(lease, executor);
                            } else {
                                fail(lease, refuse(next, left, refusal));
                            }
                        },
                        executor);
    }

    private void fail(CompletableFuture<Lease> lease, Throwable failure) {
        rollBack();
        lease.completeExceptionally(failure);
    }
}
