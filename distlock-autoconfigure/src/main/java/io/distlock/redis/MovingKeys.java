package io.distlock.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Asks again for keys of which a cluster is just moving one after the other to another node: until all have arrived, it
 * answers only who names one of them. That takes moments, unless the slot has very many keys.
 */
final class MovingKeys {

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

    private final long start = System.nanoTime();

    private final Duration timeout;

    private final Function<Duration, CompletableFuture<List<Object>>> question;

    private MovingKeys(Duration timeout, Function<Duration, CompletableFuture<List<Object>>> question) {
        this.timeout = timeout;
        this.question = question;
    }

    /** @param question what is asked, given how long it may take; harmless when it is asked twice */
    static CompletableFuture<List<Object>> ask(
            Duration timeout, Function<Duration, CompletableFuture<List<Object>>> question) {
        return new MovingKeys(timeout, question).ask(FIRST_PAUSE);
    }

    private CompletableFuture<List<Object>> ask(long pause) {
        return this.question
                .apply(this.timeout.minusNanos(elapsed()))
                .exceptionallyCompose(failure -> RedisErrors.isAboutAMovingSlot(failure) && isTimeAfter(pause)
                        ? later(pause)
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<List<Object>> later(long pause) {
        Executor then = CompletableFuture.delayedExecutor(pause, TimeUnit.NANOSECONDS, Runnable::run);
        return CompletableFuture.supplyAsync(() -> ask(2 * pause), then).thenCompose(Function.identity());
    }

    /** The last time that it is asked, it has half of its time left, so that it is not taken for unanswered. */
    private boolean isTimeAfter(long pause) {
        return elapsed() + pause < this.timeout.toNanos() / 2;
    }

    private long elapsed() {
        return System.nanoTime() - this.start;
    }
}
