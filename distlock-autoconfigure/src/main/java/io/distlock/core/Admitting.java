package io.distlock.core;

import io.distlock.LockNotAcquiredException.Reason;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Who may wait in a line, and how those leave it who do not get the key: refused, out of time, or by themselves. Only under
 * the line's gate, except where it is opened here.
 */
final class Admitting {

    private final KeyLine line;

    private final Desk desk;

    private final WaitingRoom waiting;

    private final Claiming claiming;

    /** Whether the desk has counted the one who waits in a line apart. */
    private boolean counted;

    Admitting(KeyLine line, Desk desk, WaitingRoom waiting, Claiming claiming) {
        this.line = line;
        this.desk = desk;
        this.waiting = waiting;
        this.claiming = claiming;
    }

    Runnable admit(Waiter waiter) {
        boolean patient = waiter.demand().isPatient();
        Holding here = this.line.held();
        if (this.desk.tellers().isTracing()) {
            waiter.foundHeldBy(here == null ? this.claiming.holder() : here.facts());
        }
        if (this.desk.isClosed()) {
            return () -> waiter.answer(new Answer.Refused(Reason.CLOSED, null, null));
        }
        if (!patient && here != null && here.isBelieved(System.nanoTime())) {
            return () -> waiter.answer(heldHere(here));
        }
        if (!patient && this.claiming.isKnownBusy()) {
            Answer refusal = this.claiming.refusal();
            return () -> waiter.answer(refusal);
        }
        int most = this.desk.settings().maxWaiters();
        if (most > 0 && !hasRoom(most)) {
            return () -> waiter.answer(new Answer.Refused(Reason.SHED, null, null));
        }
        this.waiting.add(waiter);
        if (this.line.held() == null && !this.claiming.isUnderWay()) {
            waiter.expectSoon();
        }
        return !patient && this.line.held() == null && this.claiming.isUnderWay()
                ? this.claiming.askNow()
                : this.line.claimIfNeeded();
    }

    /** Those who share a key stand in a line apart each, and are counted together. */
    private boolean hasRoom(int most) {
        if (this.line.apart() == null) {
            return this.waiting.size() < most;
        }
        this.counted = this.desk.here().countApart(this.line.key(), most);
        return this.counted;
    }

    /** Under the gate, whenever something may have changed. */
    void uncountIfLeft() {
        if (this.counted && this.waiting.isEmpty()) {
            this.counted = false;
            this.desk.here().uncountApart(this.line.key());
        }
    }

    /** The waiter's time is over: it is refused now, or asks once more if nobody else here waits on. */
    void lastCall(Waiter waiter) {
        this.line.inside(() -> {
            if (!this.waiting.contains(waiter)) {
                return KeyLine.NOTHING;
            }
            waiter.setLastCall();
            if (this.claiming.isUnderWay() && this.waiting.isOnlyLastCalls()) {
                return this.claiming.askLast();
            }
            this.waiting.remove(waiter);
            Holding here = this.line.held();
            Answer answer = here != null ? heldHere(here) : this.claiming.refusal();
            Runnable fitted = this.claiming.fit();
            return () -> {
                waiter.answer(answer);
                fitted.run();
            };
        });
    }

    /** The waiter has left by itself: interrupted, or cancelled. */
    void gone(Waiter waiter) {
        this.line.inside(() -> {
            this.waiting.remove(waiter);
            return this.claiming.fit();
        });
    }

    /** Refuses all who wait and leaves the line. */
    void closeToWaiters() {
        this.line.inside(() -> refuse(waiter -> true, () -> new Answer.Refused(Reason.CLOSED, null, null)));
    }

    /**
     * Answers those whom the test names, and ends the claim when nobody is left.
     *
     * @param how asked once and before they leave, and not at all where there are none of them
     */
    Runnable refuse(Predicate<Waiter> whom, Supplier<Answer> how) {
        if (!this.waiting.isAny(whom)) {
            return this.claiming.fit();
        }
        Answer answer = how.get();
        List<Waiter> refused = this.waiting.dismiss(whom);
        Runnable fitted = this.claiming.fit();
        return () -> {
            fitted.run();
            refused.forEach(waiter -> waiter.answer(answer));
        };
    }

    /** Refuses those who do not wait, or not any more. */
    Runnable refuseThoseOutOfTime(Supplier<Answer> how) {
        return refuse(waiter -> !waiter.demand().isPatient() || waiter.isLastCall(), how);
    }

    /** One who waited here holds the key now: for those whose time is over, that is the answer. */
    Runnable refuseBehind(Holding here) {
        return this.waiting.isEmpty() ? this.claiming.fit() : refuseThoseOutOfTime(() -> heldHere(here));
    }

    private Answer heldHere(Holding here) {
        KeyLease lease = here.lease();
        return new Answer.Refused(Reason.BUSY, this.desk.stateOf(here), lease == null ? null : lease.worker());
    }
}
