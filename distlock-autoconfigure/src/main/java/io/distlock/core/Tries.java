package io.distlock.core;

import io.distlock.RetryStrategy;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/** The pauses between the questions of one acquisition, however many claims it takes. Not for several threads. */
final class Tries {

    private static final System.Logger LOG = System.getLogger(Tries.class.getName());

    /** Far beyond any wait, and far below what a clock in nanoseconds can hold. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final RetryStrategy strategy;

    private int taken;

    Tries(RetryStrategy strategy) {
        this.strategy = strategy;
    }

    /** The pause before the next question; empty = there shall be none. */
    Optional<Duration> next() {
        this.taken += this.taken == Integer.MAX_VALUE ? 0 : 1;
        try {
            return this.strategy.pauseAfter(this.taken).map(pause -> pause.compareTo(LONGEST) < 0 ? pause : LONGEST);
        } catch (RuntimeException | Error failure) {
            LOG.log(
                    Level.WARNING,
                    "A retry strategy of distlock failed, and the store is asked again as by default",
                    failure);
            return Retry.defaults().pauseAfter(this.taken);
        }
    }
}
