package io.distlock.core;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Ends in the store what may have happened there: a claim whose answer never came, a release that was not answered.
 * Repeated on a clock of its own until the store has answered, or there is nothing left that could be undone.
 */
final class Undo {

    private static final long PAUSE = Duration.ofMillis(250).toNanos();

    /** Instead of a token, for what must stand in the way of others as long as it lives. */
    static final String NO_LEFTOVER = "";

    private final Ticker ticker;

    /** Few, and nearly always none. */
    private final Queue<Ending> ending = new ConcurrentLinkedQueue<>();

    Undo(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * @param token of what is to be ended
     * @param until when the store will have forgotten by itself
     */
    void untilAnswered(String token, Supplier<? extends CompletionStage<?>> end, long until) {
        Ending one = new Ending(token, end);
        this.ending.add(one);
        repeat(one, until);
    }

    private void repeat(Ending one, long until) {
        // a try that was not answered in time has waited for long enough
        long next = System.nanoTime() + PAUSE;
        one.end.get().whenComplete((answer, failure) -> {
            if (failure != null && System.nanoTime() - until < 0) {
                this.ticker.at(next, () -> repeat(one, until));
            } else {
                this.ending.remove(one);
            }
        });
    }

    /** Whether that is one of those whose end is not answered yet, and may still stand in the store. */
    boolean isEnding(String token) {
        for (Ending one : this.ending) {
            if (one.token.equals(token)) {
                return true;
            }
        }
        return false;
    }

    /** Asks for its end now, so that a question that follows does not find it any more. */
    void hurry(String token) {
        for (Ending one : this.ending) {
            if (one.token.equals(token)) {
                one.end.get().whenComplete((answer, failure) -> {
                    if (failure == null) {
                        this.ending.remove(one);
                    }
                });
            }
        }
    }

    private record Ending(String token, Supplier<? extends CompletionStage<?>> end) {}
}
