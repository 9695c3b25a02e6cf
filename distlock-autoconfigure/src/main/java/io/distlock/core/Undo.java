package io.distlock.core;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Ends in the store what may have happened there: a claim whose answer never came, a release that was not answered.
 * Repeated on a clock of its own until the store has answered, or there is nothing left that could be undone.
 */
final class Undo {

    private static final long PAUSE = Duration.ofMillis(250).toNanos();

    private final Ticker ticker;

    Undo(Ticker ticker) {
        this.ticker = ticker;
    }

    /** @param until when the store will have forgotten by itself */
    void untilAnswered(Supplier<? extends CompletionStage<?>> end, long until) {
        end.get().whenComplete((answer, failure) -> {
            if (failure != null && System.nanoTime() - until < 0) {
                this.ticker.at(System.nanoTime() + PAUSE, () -> untilAnswered(end, until));
            }
        });
    }
}
