package io.distlock.core;

import io.distlock.LocalLock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Somebody who wants one key, a parked thread or a callback, until the first answer; every later one is declined. */
final class Waiter {

    /** In place of an object of its own for each. */
    private static final AtomicReferenceFieldUpdater<Waiter, @Nullable Answer> ANSWER =
            AtomicReferenceFieldUpdater.newUpdater(Waiter.class, Answer.class, "answer");

    private final Demand demand;

    private final Thread asker = Thread.currentThread();

    private final @Nullable BiConsumer<Waiter, Answer> callback;

    private final long since;

    private volatile @Nullable Answer answer;

    /** Where it stands, and between whom; written and read by its line alone. */
    private @Nullable WaitingRoom room;

    private @Nullable Waiter ahead;

    private @Nullable Waiter behind;

    private boolean lastCall;

    private @Nullable String heldBy;

    private volatile boolean expectsSoon;

    /** @param callback told of itself and the answer on the thread that gives it; null = the current thread will {@link #await} it */
    Waiter(Demand demand, @Nullable BiConsumer<Waiter, Answer> callback) {
        this(demand, callback, System.nanoTime());
    }

    /** @param since when it began to wait */
    Waiter(Demand demand, @Nullable BiConsumer<Waiter, Answer> callback, long since) {
        this.demand = demand;
        this.callback = callback;
        this.since = since;
    }

    Demand demand() {
        return this.demand;
    }

    /** The thread that will work under the lock, where that is known: not for a callback. */
    @Nullable
    Thread worker() {
        return this.callback == null ? this.asker : null;
    }

    LocalLock.Wait show() {
        return new LocalLock.Wait(
                this.demand.name(), Optional.ofNullable(worker()), Duration.ofNanos(System.nanoTime() - this.since));
    }

    /** @return whether this was the first answer; a grant that is declined is still the caller's to give on */
    boolean answer(Answer first) {
        if (!ANSWER.compareAndSet(this, null, first)) {
            return false;
        }
        if (this.callback == null) {
            wake();
        } else {
            this.callback.accept(this, first);
        }
        return true;
    }

    /** Unless it is awake: a store that answers at once is heard by the asker itself. */
    private void wake() {
        if (this.asker != Thread.currentThread()) {
            LockSupport.unpark(this.asker);
        }
    }

    @Nullable
    Answer answer() {
        return this.answer;
    }

    // ---- its place ----

    void stand(WaitingRoom room, @Nullable Waiter last) {
        this.room = room;
        this.ahead = last;
        if (last != null) {
            last.behind = this;
        }
    }

    /** Neither keeps the other alive from here on. */
    void leave() {
        if (this.ahead != null) {
            this.ahead.behind = this.behind;
        }
        if (this.behind != null) {
            this.behind.ahead = this.ahead;
        }
        this.room = null;
        this.ahead = null;
        this.behind = null;
    }

    boolean standsIn(WaitingRoom room) {
        return this.room == room;
    }

    @Nullable
    Waiter ahead() {
        return this.ahead;
    }

    @Nullable
    Waiter behind() {
        return this.behind;
    }

    // ---- its waiting ----

    /** Its own question is the next that the store answers, which may take no more than a moment. */
    void expectSoon() {
        this.expectsSoon = true;
    }

    /** Its turn comes after a hold that will be over in a moment: it wakes now, since to wake takes as long. */
    void rouse() {
        if (this.callback == null) {
            this.expectsSoon = true;
            wake();
        }
    }

    /** Parks until the answer, the time or an interrupt, whichever comes first; null = no answer. Leaves the flag set. */
    @Nullable
    Answer await(long deadline) {
        while (true) {
            if (this.expectsSoon && this.answer == null) {
                this.expectsSoon = false;
                Moment.until(() -> this.answer != null);
            }
            Answer now = this.answer;
            if (now != null) {
                return now;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0 || this.asker.isInterrupted()) {
                return null;
            }
            LockSupport.parkNanos(this, left);
        }
    }

    /** By whom it found the key held, in the words of that holder; written by its line alone, read after the answer. */
    @Nullable
    String heldBy() {
        return this.heldBy;
    }

    /** The first found counts. */
    void foundHeldBy(@Nullable String facts) {
        if (this.heldBy == null) {
            this.heldBy = facts;
        }
    }

    /** Whether its time is over and only the answer to a last question is awaited; read and written by its line alone. */
    boolean isLastCall() {
        return this.lastCall;
    }

    void setLastCall() {
        this.lastCall = true;
    }
}
