package io.distlock.core;

import io.distlock.LocalLock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Somebody who wants one key, a parked thread or a callback, until the first answer; every later one is declined. */
final class Waiter {

    private final Demand demand;

    private final Thread asker = Thread.currentThread();

    private final @Nullable BiConsumer<Waiter, Answer> callback;

    private final long since = System.nanoTime();

    private final AtomicReference<@Nullable Answer> answer = new AtomicReference<>();

    private boolean lastCall;

    private @Nullable String heldBy;

    private volatile boolean expectsSoon;

    /** @param callback told of itself and the answer on the thread that gives it; null = the current thread will {@link #await} it */
    Waiter(Demand demand, @Nullable BiConsumer<Waiter, Answer> callback) {
        this.demand = demand;
        this.callback = callback;
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
        if (!this.answer.compareAndSet(null, first)) {
            return false;
        }
        if (this.callback == null) {
            LockSupport.unpark(this.asker);
        } else {
            this.callback.accept(this, first);
        }
        return true;
    }

    @Nullable
    Answer answer() {
        return this.answer.get();
    }

    /** Its own question is the next that the store answers, which may take no more than a moment. */
    void expectSoon() {
        this.expectsSoon = true;
    }

    /** Its turn comes after a hold that will be over in a moment: it wakes now, since to wake takes as long. */
    void rouse() {
        if (this.callback == null) {
            this.expectsSoon = true;
            LockSupport.unpark(this.asker);
        }
    }

    /** Parks until the answer, the time or an interrupt, whichever comes first; null = no answer. Leaves the flag set. */
    @Nullable
    Answer await(long deadline) {
        while (true) {
            if (this.expectsSoon) {
                this.expectsSoon = false;
                Moment.until(() -> this.answer.get() != null);
            }
            Answer now = this.answer.get();
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
