package io.distlock.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Those who want one key in this JVM and have no answer yet, in the order of their arrival. Only under their line's gate.
 * Each knows its neighbours, so that nothing is made for the one who comes when nobody is there, which is the usual one.
 */
final class WaitingRoom {

    private @Nullable Waiter first;

    private @Nullable Waiter last;

    private int size;

    void add(Waiter waiter) {
        waiter.stand(this, this.last);
        if (this.first == null) {
            this.first = waiter;
        }
        this.last = waiter;
        this.size++;
    }

    void remove(Waiter waiter) {
        if (!contains(waiter)) {
            return;
        }
        this.first = this.first == waiter ? waiter.behind() : this.first;
        this.last = this.last == waiter ? waiter.ahead() : this.last;
        this.size--;
        waiter.leave();
    }

    boolean contains(Waiter waiter) {
        return waiter.standsIn(this);
    }

    boolean isEmpty() {
        return this.first == null;
    }

    int size() {
        return this.size;
    }

    List<Waiter> all() {
        return which(waiter -> true);
    }

    private List<Waiter> which(Predicate<Waiter> ones) {
        if (isEmpty()) {
            return List.of();
        }
        List<Waiter> found = new ArrayList<>(1);
        for (Waiter waiter = this.first; waiter != null; waiter = waiter.behind()) {
            if (ones.test(waiter)) {
                found.add(waiter);
            }
        }
        return found;
    }

    /** Who is next, if anybody is. */
    @Nullable
    Waiter next() {
        return this.first;
    }

    /** What the first of them wants; there must be one. */
    Demand first() {
        return Objects.requireNonNull(this.first).demand();
    }

    boolean isAnyPatient() {
        return isAny(waiter -> waiter.demand().isPatient());
    }

    boolean isOnlyLastCalls() {
        return !isAny(waiter -> !waiter.isLastCall());
    }

    boolean isAny(Predicate<Waiter> ones) {
        for (Waiter waiter = this.first; waiter != null; waiter = waiter.behind()) {
            if (ones.test(waiter)) {
                return true;
            }
        }
        return false;
    }

    void foundHeldBy(@Nullable String facts) {
        for (Waiter waiter = this.first; waiter != null; waiter = waiter.behind()) {
            waiter.foundHeldBy(facts);
        }
    }

    /** Removes those whom the test names. */
    List<Waiter> dismiss(Predicate<Waiter> whom) {
        List<Waiter> dismissed = which(whom);
        dismissed.forEach(this::remove);
        return dismissed;
    }

    /**
     * Lends it to the first of them, who leaves the room.
     *
     * @return false when that one had given up by then, so that the next may have it
     */
    boolean lendToFirst(Holding holding, long now) {
        Waiter next = Objects.requireNonNull(this.first);
        remove(next);
        if (next.answer(holding.lend(next, now))) {
            return true;
        }
        holding.takeBack();
        return false;
    }
}
