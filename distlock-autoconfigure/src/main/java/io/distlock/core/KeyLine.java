package io.distlock.core;

import io.distlock.LocalLock;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.LockKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One key in this JVM, from the first thread that wants it until nobody has held or awaited it here for a moment. At most
 * one claim goes to the store for all who wait ({@link Claiming}); what it gets goes from thread to thread in the order of
 * their arrival, and then back ({@link Returning}). Whoever shares a key, or goes on with a hold from elsewhere, has a line
 * apart, which ends at once.
 *
 * <p>All of it changes under one gate, which is never held across a call to the store: what changes state returns what is
 * to be done once the gate is open.
 */
final class KeyLine {

    static final Runnable NOTHING = () -> {};

    private final Desk desk;

    private final LockKey key;

    /** As which it stands in the store's line, if it is one of several lines of its key in this JVM. */
    private final @Nullable String apart;

    private final ReentrantLock gate = new ReentrantLock();

    private final WaitingRoom waiting = new WaitingRoom();

    private final Claiming claiming;

    private volatile @Nullable Holding held;

    private boolean retired;

    /** Whether the timer has been told that nobody needs this line, and has not come by. */
    private boolean resting;

    /** Whether somebody came while it rested, as somebody may again: then it rests until the timer comes by once more. */
    private boolean soughtAgain;

    /** Which came to rest before it. */
    private @Nullable KeyLine restsAfter;

    /** Whether the desk has counted the one who waits in a line apart. */
    private boolean counted;

    KeyLine(Desk desk, LockKey key, @Nullable String apart) {
        this.desk = desk;
        this.key = key;
        this.apart = apart;
        this.claiming = new Claiming(this, desk, apart);
    }

    Desk desk() {
        return this.desk;
    }

    LockKey key() {
        return this.key;
    }

    @Nullable
    String apart() {
        return this.apart;
    }

    WaitingRoom waiting() {
        return this.waiting;
    }

    Claiming claiming() {
        return this.claiming;
    }

    /** What this JVM holds of the key, under which its threads work one after the other. */
    @Nullable
    Holding held() {
        return this.held;
    }

    boolean holds(@Nullable Holding holding) {
        return holding != null && this.held == holding;
    }

    void letGo(Holding holding) {
        holding.end();
        if (this.held == holding) {
            this.held = null;
        }
    }

    /** @return false when this line has ended and another must be asked for */
    boolean enter(Waiter waiter) {
        Runnable then;
        open();
        try {
            if (this.retired) {
                return false;
            }
            this.soughtAgain = this.resting;
            then = admit(waiter);
        } finally {
            shut();
        }
        then.run();
        return true;
    }

    private Runnable admit(Waiter waiter) {
        boolean patient = waiter.demand().isPatient();
        Holding here = this.held;
        if (this.desk.tellers().isTracing()) {
            waiter.foundHeldBy(here == null ? this.claiming.holder() : factsOf(here));
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
        if (this.held == null && !this.claiming.isUnderWay()) {
            waiter.expectSoon();
        }
        return !patient && this.held == null && this.claiming.isUnderWay() ? this.claiming.askNow() : claimIfNeeded();
    }

    /** Those who share a key stand in a line apart each, and are counted together. */
    private boolean hasRoom(int most) {
        if (this.apart == null) {
            return this.waiting.size() < most;
        }
        this.counted = this.desk.here().countApart(this.key, most);
        return this.counted;
    }

    /** Whoever waits needs somebody here to hold the key, or a claim under way. */
    Runnable claimIfNeeded() {
        boolean needed = this.held == null && !this.waiting.isEmpty() && !this.claiming.isUnderWay();
        return needed ? this.claiming.begin() : NOTHING;
    }

    /** The waiter's time is over: it is refused now, or asks once more if nobody else here waits on. */
    void lastCall(Waiter waiter) {
        inside(() -> {
            if (!this.waiting.contains(waiter)) {
                return NOTHING;
            }
            waiter.setLastCall();
            if (this.claiming.isUnderWay() && this.waiting.isOnlyLastCalls()) {
                return this.claiming.askLast();
            }
            this.waiting.remove(waiter);
            Holding here = this.held;
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
        inside(() -> {
            this.waiting.remove(waiter);
            return this.claiming.fit();
        });
    }

    /** Refuses all who wait and leaves the line. */
    void closeToWaiters() {
        inside(() -> refuse(waiter -> true, () -> new Answer.Refused(Reason.CLOSED, null, null)));
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

    /** This JVM holds the key by that, and lends it next. */
    void hold(Holding holding) {
        this.held = holding;
    }

    /** Somebody who waited has taken it. */
    void lent(Holding holding, long now) {
        if (this.desk.tellers().isTracing()) {
            this.waiting.foundHeldBy(factsOf(holding));
        }
        this.desk.keepAlive().watch(holding, now);
    }

    private static @Nullable String factsOf(Holding here) {
        KeyLease lease = here.lease();
        return lease == null ? null : lease.demand().facts();
    }

    /** A hold that was taken elsewhere goes on here; it is never passed on. */
    KeyLease adopt(Claim claim, Attempt.Granted granted, long sent, Waiter owner) {
        Holding holding = new Holding(this, claim, granted, sent, owner.demand().ttl());
        KeyLease lease = holding.lend(owner, holding.since());
        lease.token();
        this.held = holding;
        this.desk.keepAlive().watch(holding);
        if (this.desk.isDeserted()) {
            lost(holding, LockLost.Reason.CLOSED);
        }
        return lease;
    }

    /** The hold is over although it was not released; those who wait ask the store again. */
    void lost(Holding holding, LockLost.Reason reason) {
        inside(() -> {
            KeyLease lease = holding.lease();
            letGo(holding);
            // here, or a release at the same time could find neither a hold nor a loss
            LockLost loss = lease == null ? null : lease.lose(reason);
            Runnable claimed = claimIfNeeded();
            return () -> {
                if (lease != null && loss != null) {
                    lease.tell(loss);
                }
                claimed.run();
            };
        });
    }

    /** What is held and awaited here now. */
    LocalLock show() {
        List<Waiter> waiters;
        KeyLease lease;
        this.gate.lock();
        try {
            Holding here = this.held;
            lease = here == null ? null : here.lease();
            waiters = this.waiting.all();
        } finally {
            this.gate.unlock();
        }
        return new LocalLock(
                this.key.key(),
                Optional.ofNullable(lease).map(KeyLease::show),
                waiters.stream().map(Waiter::show).toList());
    }

    private Answer heldHere(Holding here) {
        KeyLease lease = here.lease();
        return new Answer.Refused(Reason.BUSY, this.desk.stateOf(here), lease == null ? null : lease.worker());
    }

    /** Changes state under the gate, then does outside of it what follows. */
    void inside(Supplier<Runnable> change) {
        Runnable then;
        open();
        try {
            then = change.get();
        } finally {
            shut();
        }
        then.run();
    }

    /** The same, until {@link #shut}, without an object for the change: for what happens to every lock. */
    void open() {
        this.gate.lock();
    }

    void shut() {
        try {
            if (this.counted && this.waiting.isEmpty()) {
                this.counted = false;
                this.desk.here().uncountApart(this.key);
            }
            if (isIdle() && !this.retired) {
                retireOrRest();
            }
        } finally {
            this.gate.unlock();
        }
    }

    private boolean isIdle() {
        return this.held == null && !this.claiming.isUnderWay() && this.waiting.isEmpty();
    }

    /** A line apart is for one hold, and no timer comes by a closed desk. */
    private void retireOrRest() {
        if (this.apart != null || this.desk.isClosed()) {
            retire();
        } else if (!this.resting) {
            this.resting = true;
            this.soughtAgain = false;
            this.desk.here().rests(this);
        }
    }

    private void retire() {
        this.retired = true;
        this.desk.here().forget(this);
    }

    void restsAfter(@Nullable KeyLine before) {
        this.restsAfter = before;
    }

    /**
     * The moment is over: unless somebody needs it by now, or has needed it meanwhile, this line ends.
     *
     * @return which came to rest before
     */
    @Nullable
    KeyLine endRest() {
        KeyLine before = this.restsAfter;
        this.restsAfter = null;
        this.gate.lock();
        try {
            this.resting = false;
            if (isIdle() && !this.retired) {
                if (this.soughtAgain) {
                    retireOrRest();
                } else {
                    retire();
                }
            }
        } finally {
            this.gate.unlock();
        }
        return before;
    }

    /** Whether somebody holds or awaits the key here. */
    boolean isWanted() {
        this.gate.lock();
        try {
            return !isIdle();
        } finally {
            this.gate.unlock();
        }
    }
}
