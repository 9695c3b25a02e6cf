package io.distlock.core;

import io.distlock.RetryStrategy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How a locker asks again where the store keeps no line, unless the application has a strategy of its own.
 *
 * @param strategy how the pauses grow
 * @param min the first pause
 * @param max no pause is planned longer
 * @param jitter by which part of itself each pause varies at random, both ways; from 0 to 1
 * @param limit how often an acquisition asks again before its callers are told that the lock is busy; zero = until their
 *     time is over
 */
public record Retry(Strategy strategy, Duration min, Duration max, double jitter, int limit) implements RetryStrategy {

    private static final int MOST_DOUBLINGS = 30;

    /** The documented defaults. */
    public static Retry defaults() {
        return new Retry(Strategy.EXPONENTIAL, Duration.ofMillis(5), Duration.ofMillis(250), 0.2, 0);
    }

    /** How pauses grow. */
    public enum Strategy {

        /** Every pause is the first one. */
        CONSTANT,

        /** Every pause is longer than the last by the first one. */
        LINEAR,

        /** Every pause is twice the last one. */
        EXPONENTIAL
    }

    @Override
    public Optional<Duration> pauseAfter(int questions) {
        return pauseAfter(questions, ThreadLocalRandom.current().nextDouble());
    }

    /** @param random from 0 to 1 */
    Optional<Duration> pauseAfter(int questions, double random) {
        if (this.limit > 0 && questions > this.limit) {
            return Optional.empty();
        }
        double factor = 1 + this.jitter * (2 * random - 1);
        return Optional.of(Duration.ofNanos((long) (planned(questions - 1).toNanos() * factor)));
    }

    private Duration planned(int number) {
        Duration grown = switch (this.strategy) {
            case CONSTANT -> this.min;
            case LINEAR -> this.min.multipliedBy(number + 1L);
            case EXPONENTIAL -> this.min.multipliedBy(1L << Math.min(number, MOST_DOUBLINGS));
        };
        return grown.compareTo(this.max) < 0 ? grown : this.max;
    }
}
