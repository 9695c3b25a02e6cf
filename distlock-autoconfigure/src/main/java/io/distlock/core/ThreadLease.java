package io.distlock.core;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** Whose a lease is: of a thread that took it, in the hand of a caller, for as long as some work lasts. */
abstract class ThreadLease extends LeaseLife {

    private final @Nullable Thread worker;

    /**
     * What the caller has; of a lease that lasts, weakly, so that it is noticed when the caller cannot reach it any more.
     * Null before it is in a caller's hand.
     */
    private volatile @Nullable Object inHand;

    private volatile @Nullable Thread endsWith;

    /** What the thread that took it had taken before; only that thread looks. */
    private @Nullable KeyLease takenBefore;

    /** See {@link OwnLeases}. Short, since there is no room for more: one is made for every lock. */
    private short additionsUntilSweep;

    ThreadLease(@Nullable Thread worker) {
        this.worker = worker;
    }

    /** The thread that took it, as far as one waited. */
    final @Nullable Thread worker() {
        return this.worker;
    }

    final boolean isOfThisThread() {
        return this.worker == Thread.currentThread();
    }

    final void taken(@Nullable KeyLease before, int additionsUntilSweep) {
        this.takenBefore = before;
        this.additionsUntilSweep = (short) Math.min(additionsUntilSweep, Short.MAX_VALUE);
    }

    final void takenAfter(@Nullable KeyLease before) {
        this.takenBefore = before;
    }

    final int additionsUntilSweep() {
        return this.additionsUntilSweep;
    }

    final @Nullable KeyLease takenBefore() {
        return this.takenBefore;
    }

    final void isIn(LeaseInHand hand) {
        this.inHand = hand;
    }

    /** It has not been given back within a moment: from here on it may be forgotten. */
    final void lasts() {
        if (this.inHand instanceof LeaseInHand held) {
            this.inHand = new WeakReference<>(held);
        }
    }

    final boolean isForgotten() {
        lasts();
        return this.inHand instanceof WeakReference<?> known && known.refersTo(null);
    }

    /** Work under it is over when that thread is. */
    final void endsWith(Thread worker) {
        this.endsWith = worker;
    }

    final boolean isOrphaned() {
        Thread known = this.endsWith;
        return known != null && !known.isAlive();
    }
}
