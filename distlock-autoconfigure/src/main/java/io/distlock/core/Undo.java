package io.distlock.core;

import io.distlock.driver.Ownership;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Ends in the store what may have happened there: a claim whose answer never came, a release that was not answered.
 * Repeated on a clock of its own until the store has answered, or there is nothing left that could be undone.
 */
final class Undo {

    private static final long PAUSE = Duration.ofMillis(250).toNanos();

    /** For so long a question may be under way that found what has ended since, where answers overtake each other. */
    private static final long REMEMBERED = Duration.ofSeconds(10).toNanos();

    /** Instead of a token, for what must stand in the way of others as long as it lives. */
    static final String NO_LEFTOVER = "";

    private final Ticker ticker;

    /** By token: one each, unless callers bring their own. */
    private final ConcurrentMap<String, List<Ending>> endings = new ConcurrentHashMap<>();

    Undo(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * @param token of what is to be ended
     * @param until when the store will have forgotten by itself
     */
    void untilAnswered(String token, Supplier<? extends CompletionStage<?>> end, long until) {
        Ending one = new Ending(token, end);
        if (!token.equals(NO_LEFTOVER)) {
            this.endings.merge(
                    token,
                    List.of(one),
                    (some, more) -> Stream.concat(some.stream(), more.stream()).toList());
        }
        repeat(one, until);
    }

    private void repeat(Ending one, long until) {
        // a try that was not answered in time has waited for long enough
        long next = System.nanoTime() + PAUSE;
        one.end.get().whenComplete((answer, failure) -> {
            if (failure != null && System.nanoTime() - until < 0) {
                one.unanswered = true;
                this.ticker.at(next, () -> repeat(one, until));
            } else if (one.unanswered || failure != null || answer == Ownership.OURS) {
                over(one);
            } else {
                forget(one); // it never had the key, so nobody met it there
            }
        });
    }

    private void over(Ending one) {
        one.over = true;
        this.ticker.at(System.nanoTime() + REMEMBERED, () -> forget(one));
    }

    private void forget(Ending one) {
        this.endings.computeIfPresent(one.token, (token, some) -> {
            List<Ending> others = some.stream().filter(other -> other != one).toList();
            return others.isEmpty() ? null : others;
        });
    }

    /** Whether that is one of those whose end is not answered yet, and may still stand in the store. */
    boolean isEnding(String token) {
        return endings(token).stream().anyMatch(one -> !one.over);
    }

    /** Whether a question may have met it that was under way beside its end; who finds it now, finds nobody's. */
    boolean isLeftover(String token) {
        return this.endings.containsKey(token);
    }

    /**
     * Asks for its end now, so that a question that follows does not find it any more.
     *
     * @return completed in any case when that has been answered, or not in time: two commands may overtake each other
     */
    CompletionStage<Void> hurry(String token) {
        return CompletableFuture.allOf(endings(token).stream().map(this::hurry).toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<?> hurry(Ending one) {
        return one.end
                .get()
                .handle((answer, failure) -> {
                    if (failure == null) {
                        one.over = true;
                    }
                    return one;
                })
                .toCompletableFuture();
    }

    private List<Ending> endings(String token) {
        return this.endings.getOrDefault(token, List.of());
    }

    private static final class Ending {

        private final String token;

        private final Supplier<? extends CompletionStage<?>> end;

        private volatile boolean unanswered;

        /** Answered, or not worth repeating any more. */
        private volatile boolean over;

        private Ending(String token, Supplier<? extends CompletionStage<?>> end) {
            this.token = token;
            this.end = end;
        }
    }
}
