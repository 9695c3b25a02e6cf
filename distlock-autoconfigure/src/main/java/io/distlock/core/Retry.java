package io.distlock.core;

import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * How a locker asks again where the store keeps no line: the pauses between the questions of one acquisition. Two
 * acquisitions never share a count.
 *
 * @param strategy how the pauses grow
 * @param min the first pause
 * @param max no pause is planned longer
 * @param jitter by which part of itself each pause varies at random, both ways; from 0 to 1
 * @param limit how often an acquisition asks again before its callers are told that the lock is busy; zero = until their
 *     time is over
 */
public record Retry(Strategy strategy, Duration min, Duration max, double jitter, int limit) {

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

    Tries start(DoubleSupplier random) {
        return new Tries(random);
    }

    private Duration planned(int number) {
        Duration grown = switch (this.strategy) {
            case CONSTANT -> this.min;
            case LINEAR -> this.min.multipliedBy(number + 1L);
            case EXPONENTIAL -> this.min.multipliedBy(1L << Math.min(number, MOST_DOUBLINGS));
        };
        return grown.compareTo(this.max) < 0 ? grown : this.max;
    }

    /** Those of one acquisition. Not for several threads. */
    final class Tries {

        private final DoubleSupplier random;

        private int taken;

        private Tries(DoubleSupplier random) {
            this.random = random;
        }

        /** The pause before the next question; empty = there shall be none. */
        Optional<Duration> next() {
            if (limit() > 0 && this.taken >= limit()) {
                return Optional.empty();
            }
            Duration pause = planned(this.taken);
            this.taken += this.taken == Integer.MAX_VALUE ? 0 : 1;
            double factor = 1 + jitter() * (2 * this.random.getAsDouble() - 1);
            return Optional.of(Duration.ofNanos((long) (pause.toNanos() * factor)));
        }
    }
}
