package io.distlock.core;

import io.distlock.ReleaseOutcome;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/** How a lease begins and ends, whatever it is a lease of. */
abstract class LeaseLife {

    /** Where it is in its life; each step is taken once. */
    private enum State {
        HELD,
        /** Held, and its token is known to others. */
        EXPOSED,
        RELEASED,
        /** Released, and the hold lives on under the next thread. */
        PASSED,
        LOST
    }

    // a lease is made for every lock, and would else have an object for each of these

    private static final AtomicReferenceFieldUpdater<LeaseLife, State> STATE =
            AtomicReferenceFieldUpdater.newUpdater(LeaseLife.class, State.class, "state");

    private static final AtomicReferenceFieldUpdater<LeaseLife, @Nullable Awaited> AWAITED =
            AtomicReferenceFieldUpdater.newUpdater(LeaseLife.class, Awaited.class, "awaited");

    private static final AtomicIntegerFieldUpdater<LeaseLife> RELEASES =
            AtomicIntegerFieldUpdater.newUpdater(LeaseLife.class, "releases");

    private volatile State state = State.HELD;

    private volatile @Nullable ReleaseOutcome outcome;

    /** Who waits for the outcome; null = nobody had to. */
    private volatile @Nullable Awaited awaited;

    private volatile int releases;

    /** Whether the hold was left to others, or lost. */
    final boolean isEnded() {
        State now = this.state;
        return now != State.HELD && now != State.EXPOSED;
    }

    /** @return false where the hold lives on under another lease, and its token is not this one's any more */
    final boolean expose() {
        become(State.EXPOSED, State.HELD);
        return this.state != State.PASSED;
    }

    /** The step by which a lease ends so that the next thread may have its hold; not once others know the token. */
    final boolean pass() {
        return become(State.PASSED, State.HELD);
    }

    /** The step by which a lease ends together with its hold, unless it was lost; also one that nobody took when it was passed. */
    final void end() {
        boolean ended = become(State.RELEASED, State.HELD) || become(State.RELEASED, State.EXPOSED);
        if (!ended) {
            become(State.RELEASED, State.PASSED);
        }
    }

    /** @return false if it had ended before */
    final boolean becomeLost() {
        return become(State.LOST, State.HELD) || become(State.LOST, State.EXPOSED);
    }

    /** The release found that it had been lost before. */
    final boolean turnsOutLost() {
        return become(State.LOST, State.RELEASED);
    }

    private boolean become(State next, State before) {
        return STATE.compareAndSet(this, before, next);
    }

    /** @return true once */
    final boolean beginRelease() {
        return RELEASES.compareAndSet(this, 0, 1);
    }

    final void ended(ReleaseOutcome outcome) {
        this.outcome = outcome;
        Awaited waiting = this.awaited;
        if (waiting != null) {
            waiting.complete(outcome);
        }
    }

    /** Waits for it. */
    final ReleaseOutcome outcome() {
        ReleaseOutcome found = this.outcome;
        if (found == null) {
            Moment.until(() -> this.outcome != null);
            found = this.outcome;
        }
        return found == null ? outcomeToCome().join() : found;
    }

    /** For who has to wait for it. */
    final CompletableFuture<ReleaseOutcome> outcomeToCome() {
        Awaited fresh = new Awaited();
        Awaited waiting = AWAITED.compareAndSet(this, null, fresh) ? fresh : Objects.requireNonNull(this.awaited);
        // which may have come before anybody was seen to wait for it
        ReleaseOutcome found = this.outcome;
        if (found != null) {
            waiting.complete(found);
        }
        return waiting;
    }

    /** As people read it. */
    final String state() {
        return this.state.name();
    }

    private static final class Awaited extends CompletableFuture<ReleaseOutcome> {}
}
