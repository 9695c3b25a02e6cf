package io.distlock.core;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Those who want one key in this JVM and have no answer yet, in the order of their arrival. Only under their line's gate. */
final class WaitingRoom {

    private final Set<Waiter> waiting = new LinkedHashSet<>(4);

    void add(Waiter waiter) {
        this.waiting.add(waiter);
    }

    boolean remove(Waiter waiter) {
        return this.waiting.remove(waiter);
    }

    boolean contains(Waiter waiter) {
        return this.waiting.contains(waiter);
    }

    boolean isEmpty() {
        return this.waiting.isEmpty();
    }

    int size() {
        return this.waiting.size();
    }

    List<Waiter> all() {
        return List.copyOf(this.waiting);
    }

    /** Who is next, if anybody is. */
    @Nullable
    Waiter next() {
        return this.waiting.isEmpty() ? null : this.waiting.iterator().next();
    }

    /** What the first of them wants. */
    Demand first() {
        return this.waiting.iterator().next().demand();
    }

    boolean isAnyPatient() {
        for (Waiter waiter : this.waiting) {
            if (waiter.demand().isPatient()) {
                return true;
            }
        }
        return false;
    }

    boolean isOnlyLastCalls() {
        for (Waiter waiter : this.waiting) {
            if (!waiter.isLastCall()) {
                return false;
            }
        }
        return true;
    }

    void foundHeldBy(@Nullable String facts) {
        this.waiting.forEach(waiter -> waiter.foundHeldBy(facts));
    }

    /** Removes those whom the test names. */
    List<Waiter> dismiss(Predicate<Waiter> whom) {
        if (this.waiting.isEmpty()) {
            return List.of();
        }
        List<Waiter> dismissed = new ArrayList<>(1);
        for (Iterator<Waiter> all = this.waiting.iterator(); all.hasNext(); ) {
            Waiter waiter = all.next();
            if (whom.test(waiter)) {
                all.remove();
                dismissed.add(waiter);
            }
        }
        return dismissed;
    }

    /**
     * Lends it to the first of them who has not left, if that one may have it: nobody is passed over for somebody behind.
     *
     * @return whether somebody took a lease on it
     */
    boolean lend(Holding holding, Predicate<Demand> mayHaveIt) {
        for (Waiter first = next(); first != null && mayHaveIt.test(first.demand()); first = next()) {
            this.waiting.remove(first);
            if (first.answer(new Answer.Granted(holding.lend(first)))) {
                return true;
            }
            holding.takeBack();
        }
        return false;
    }
}
