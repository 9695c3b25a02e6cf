package io.distlock.core;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Until when a hold may be believed in, and which question has confirmed it last. Answers of the store and those who shorten
 * it meet here, on different threads, so each change is one step.
 */
final class Belief {

    private final AtomicReference<State> state;

    Belief(long deadline, long confirmed) {
        this.state = new AtomicReference<>(new State(deadline, confirmed, 0));
    }

    long deadline() {
        return state().deadline;
    }

    /** When the question was sent whose answer last said that it is ours. */
    long confirmed() {
        return state().confirmed;
    }

    /** Counts what outdates the answers to questions that were sent before. */
    int epoch() {
        return state().epoch;
    }

    private State state() {
        return Objects.requireNonNull(this.state.get());
    }

    /** A renewal that was sent then, in that epoch, has succeeded. Belief only grows by it. */
    void lengthen(long deadline, long sent, int epoch) {
        this.state.updateAndGet(before -> {
            boolean longer = epoch == before.epoch && deadline - before.deadline > 0;
            return before.confirmed(sent, longer ? deadline : before.deadline);
        });
    }

    /** The store has said how long it lasts, to a question that was sent then, in that epoch. */
    void set(long deadline, long sent, int epoch) {
        this.state.updateAndGet(before -> before.confirmed(sent, epoch == before.epoch ? deadline : before.deadline));
    }

    /**
     * From here on, it ends at that time at the latest, and answers to questions that were sent before do not lengthen it.
     *
     * @return whether it would have lasted longer
     */
    boolean shorten(long latest) {
        State old = this.state.getAndUpdate(before ->
                new State(latest - before.deadline < 0 ? latest : before.deadline, before.confirmed, before.epoch + 1));
        return latest - Objects.requireNonNull(old).deadline < 0;
    }

    private record State(long deadline, long confirmed, int epoch) {

        State confirmed(long sent, long deadline) {
            return new State(deadline, sent - this.confirmed > 0 ? sent : this.confirmed, this.epoch);
        }
    }
}
