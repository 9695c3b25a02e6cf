package io.distlock.core;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.Renewal;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What this JVM holds in the store for one key: a claim that was granted, and until when that may be believed. Threads
 * pass it on among themselves; each has a lease of its own on it.
 */
final class Holding implements Ticker.Timed {

    // one is made for nearly every lock, and would else have an object for each of these

    private static final AtomicReferenceFieldUpdater<Holding, Belief> BELIEF =
            AtomicReferenceFieldUpdater.newUpdater(Holding.class, Belief.class, "belief");

    private static final AtomicReferenceFieldUpdater<Holding, Ticker.@Nullable Entry> TIMER =
            AtomicReferenceFieldUpdater.newUpdater(Holding.class, Ticker.Entry.class, "timer");

    private final KeyLine line;

    private final Claim claim;

    private final Attempt.Granted granted;

    private final long since;

    private volatile Belief belief;

    /** When the question was sent whose answer last said that it is ours. */
    private volatile long confirmed;

    private volatile Duration ttl;

    /** Written under the line's gate. */
    private volatile @Nullable KeyLease lease;

    private int fencesUsed;

    private volatile boolean over;

    private volatile boolean inTrouble;

    private volatile boolean lasted;

    /** Whether a renewal is under way. */
    private volatile boolean renewing;

    /** Whether the next one was due before the answer of the last. */
    private volatile boolean overdue;

    /** Made once, since it is asked for three times in every ttl. */
    private volatile @Nullable Renewal renewal;

    private volatile Ticker.@Nullable Entry timer;

    /**
     * @param sent when the question was sent that the grant answers
     * @param ttl granted
     */
    Holding(KeyLine line, Claim claim, Attempt.Granted granted, long sent, Duration ttl) {
        this.line = line;
        this.claim = claim;
        this.granted = granted;
        this.since = System.nanoTime();
        this.ttl = ttl;
        this.belief = Belief.since(sent, ttl);
        this.confirmed = sent;
    }

    KeyLine line() {
        return this.line;
    }

    private KeepAlive keepAlive() {
        return this.line.desk().keepAlive();
    }

    Hold hold() {
        return this.claim.hold();
    }

    long since() {
        return this.since;
    }

    long deadline() {
        return this.belief.deadline();
    }

    /** What it is renewed for: as asked for, or as much of it as may be believed in at a time. */
    Duration ttl() {
        return this.belief.most(this.ttl);
    }

    boolean isBelieved(long now) {
        return !this.over && this.belief.deadline() - now > 0;
    }

    /** Whether nothing has happened since the last answer that makes it doubtful. */
    boolean isCertain() {
        return isCertain(System.nanoTime());
    }

    /** @param now read just before: clocks are read as seldom as can be, which is a good part of what a lock costs */
    boolean isCertain(long now) {
        return this.line.desk().clocks().agreedSince(this.confirmed, now);
    }

    /** A renewal for {@code ttl} that was sent then has succeeded; belief grows only if nothing shortened it since. */
    void renewed(long sent, Duration ttl, int epoch) {
        BELIEF.updateAndGet(this, now -> now.renewed(sent, ttl, epoch));
        confirm(sent);
        if (this.inTrouble) {
            this.inTrouble = false;
        }
    }

    /** The store has said how long it lasts, to a question that was sent then. */
    void counted(long sent, Duration left, int epoch) {
        BELIEF.updateAndGet(this, now -> now.counted(sent, left, epoch));
        confirm(sent);
    }

    private void confirm(long sent) {
        if (sent - this.confirmed > 0) {
            this.confirmed = sent;
        }
    }

    /** From here on, belief ends at that time at the latest, and renewals that are under way do not lengthen it. */
    void shorten(long latest) {
        BELIEF.updateAndGet(this, now -> now.cut(latest));
    }

    int epoch() {
        return this.belief.epoch();
    }

    boolean isLimited() {
        return this.belief.isLimited();
    }

    // ---- a ttl that its holder sets ----

    Duration ttlAskedFor() {
        return this.ttl;
    }

    /** @return what was believed before */
    Belief extending(long sent, Duration next) {
        // the ttl first: a renewal that has seen neither may arrive after this, and is believed by its epoch alone
        this.ttl = next;
        return BELIEF.getAndUpdate(this, now -> now.setting(sent, next));
    }

    void extended(Belief before, long sent, Duration next) {
        BELIEF.updateAndGet(this, now -> now.set(sent, next, before.epoch() + 1));
        confirm(sent);
    }

    /** @param mayHaveHappened or happen still: nobody has said */
    void notExtended(Belief before, Duration usual, Duration next, boolean mayHaveHappened) {
        if (!mayHaveHappened) {
            BELIEF.updateAndGet(this, now -> now.notSet(before, next));
        }
        if (this.ttl.equals(next)) {
            this.ttl = usual;
        }
    }

    void renewalFailed() {
        this.inTrouble = true;
    }

    boolean isInTrouble() {
        return this.inTrouble;
    }

    // ---- its renewals ----

    /** Whether it was not given back within a moment. */
    boolean hasLasted() {
        return this.lasted;
    }

    @Override
    public void due(Ticker.Entry entry) {
        keepAlive().due(this, entry);
    }

    @Override
    public void lasts() {
        this.lasted = true;
        KeyLease known = this.lease;
        if (known != null) {
            known.lasts();
        }
    }

    /** @param stored how long it is to live in the store */
    Renewal renewal(Duration stored) {
        Renewal known = this.renewal;
        if (known == null || !known.ttl().equals(stored)) {
            known = new Renewal(hold(), stored);
            this.renewal = known;
        }
        return known;
    }

    void renewing() {
        this.renewing = true;
    }

    /** @return whether one is under way, whose end will then say that this was asked */
    boolean isRenewing() {
        if (this.renewing) {
            this.overdue = true;
            // it may have ended in between, without having seen that
            return this.renewing;
        }
        return false;
    }

    /** @return whether the next one has become due meanwhile */
    boolean renewingEnded() {
        this.renewing = false;
        boolean late = this.overdue;
        if (late) {
            this.overdue = false;
        }
        return late;
    }

    /** Ended, by release or loss: it is renewed no more. */
    void end() {
        this.over = true;
        wakeAt(null);
        if (this.inTrouble) {
            keepAlive().outOfTrouble(this);
        }
    }

    /** Replaces whatever was to look after it next. */
    void wakeAt(Ticker.@Nullable Entry next) {
        Ticker.Entry before = TIMER.getAndSet(this, next);
        if (before != null) {
            before.cancel();
        }
    }

    boolean isOver() {
        return this.over;
    }

    @Nullable
    KeyLease lease() {
        return this.lease;
    }

    /** What its lease says of who has it. */
    @Nullable
    String facts() {
        KeyLease known = this.lease;
        return known == null ? null : known.demand().facts();
    }

    /** The next lease on this holding, with the next fence; only under the line's gate. */
    KeyLease lend(Waiter waiter, long now) {
        KeyLease before = this.lease;
        KeyLease next =
                new KeyLease(this, waiter.demand(), waiter.worker(), this.granted.fence() + this.fencesUsed, now);
        this.fencesUsed++;
        this.lease = next;
        this.ttl = next.demand().ttl();
        if (before != null && next.demand().autoRenew() && !before.demand().autoRenew()) {
            keepAlive().watch(this, now);
        }
        return next;
    }

    /** The waiter declined: its fence is used by nobody. */
    void takeBack() {
        this.fencesUsed--;
    }

    boolean hasFenceLeft() {
        return this.fencesUsed < this.granted.fences();
    }

    long fence() {
        return this.granted.fence();
    }
}
