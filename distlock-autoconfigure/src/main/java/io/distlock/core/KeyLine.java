package io.distlock.core;

import io.distlock.LocalLock;
import io.distlock.LockLost;
import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.LockKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One key in this JVM, from the first thread that wants it until nobody has held or awaited it here for a moment. At most
 * one claim goes to the store for all who wait ({@link Admitting}, {@link Claiming}); what it gets goes from thread to thread in the order of
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

    private final Admitting admitting;

    private volatile @Nullable Holding held;

    private boolean retired;

    /** Whether the timer has been told that nobody needs this line, and has not come by. */
    private boolean resting;

    /** Whether somebody came while it rested, as somebody may again: then it rests until the timer comes by once more. */
    private boolean soughtAgain;

    /** Which came to rest before it. */
    private @Nullable KeyLine restsAfter;

    KeyLine(Desk desk, LockKey key, @Nullable String apart) {
        this.desk = desk;
        this.key = key;
        this.apart = apart;
        this.claiming = new Claiming(this, desk, apart);
        this.admitting = new Admitting(this, desk, this.waiting, this.claiming);
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

    Admitting admitting() {
        return this.admitting;
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
            then = this.admitting.admit(waiter);
        } finally {
            shut();
        }
        then.run();
        return true;
    }

    /** Whoever waits needs somebody here to hold the key, or a claim under way. */
    Runnable claimIfNeeded() {
        boolean needed = this.held == null && !this.waiting.isEmpty() && !this.claiming.isUnderWay();
        return needed ? this.claiming.begin() : NOTHING;
    }

    /** This JVM holds the key by that, and lends it next. */
    void hold(Holding holding) {
        this.held = holding;
    }

    /** Somebody who waited has taken it. */
    void lent(Holding holding, long now) {
        if (this.desk.tellers().isTracing()) {
            this.waiting.foundHeldBy(holding.facts());
        }
        this.desk.keepAlive().watch(holding, now);
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
            this.admitting.uncountIfLeft();
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
