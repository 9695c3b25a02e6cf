package io.distlock.autoconfigure;

import static io.distlock.autoconfigure.PropertyRules.atLeast;
import static io.distlock.autoconfigure.PropertyRules.atMost;

import io.distlock.core.Retry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to ask again where the driver keeps no line.
 *
 * @param strategy How pauses grow.
 * @param min First pause.
 * @param max Longest pause.
 * @param jitter Fraction of itself by which each pause varies at random, from 0 to 1.
 * @param limit Number of times that one acquisition asks again; zero for as long as it waits.
 */
record RetryProperties(
        Retry.@Nullable Strategy strategy,
        @Nullable Duration min,
        @Nullable Duration max,
        @Nullable Double jitter,
        @Nullable Integer limit) {

    static final RetryProperties NONE = new RetryProperties(null, null, null, null, null);

    /** What is written here, and the rest from there. */
    Retry over(Retry base, String path) {
        Retry retry = new Retry(
                this.strategy == null ? base.strategy() : this.strategy,
                this.min == null ? base.min() : this.min,
                this.max == null ? base.max() : this.max,
                this.jitter == null ? base.jitter() : this.jitter,
                this.limit == null ? base.limit() : this.limit);
        atLeast(path + ".min", retry.min(), Duration.ofMillis(1), "the store would be asked without pause");
        atMost(path + ".min", retry.min(), path + ".max", retry.max());
        PropertyRules.part(path + ".jitter", retry.jitter());
        PropertyRules.notNegative(path + ".limit", retry.limit());
        return retry;
    }
}
