package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a lease is renewed. */
class RenewalTimeTests {

    private static final long NOW = 123_456_789_012L;

    private static LongStream draws(Duration ttl) {
        return LongStream.range(0, 1_000).map(i -> KeepAlive.nextRenewal(ttl.toNanos(), NOW) - NOW);
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 100, 1_000, 10_000, 3_600_000})
    void aThirdOfTheTtlLessATenthAndAWindowAtMost(long millis) {
        long third = Duration.ofMillis(millis).toNanos() / 3;
        long window = Math.min(
                Duration.ofMillis(50).toNanos(), Duration.ofMillis(millis).toNanos() / 60);
        assertThat(draws(Duration.ofMillis(millis)).boxed())
                .allSatisfy(after -> assertThat(after).isBetween((long) (third * 0.9) - window, third));
    }

    @Test
    void thoseThatBeginTogetherAreNotDueTogether() {
        Duration ttl = Duration.ofSeconds(30);
        Set<Long> windows = draws(ttl).boxed().collect(Collectors.toSet());
        assertThat(windows).as("a second has twenty of 50 ms").hasSizeGreaterThan(15);
        assertThat(draws(ttl).min().orElseThrow())
                .isLessThan(Duration.ofMillis(9_200).toNanos());
        assertThat(draws(ttl).max().orElseThrow())
                .isGreaterThan(Duration.ofMillis(9_800).toNanos());
    }

    @Test
    void manyThatBeginAtDifferentTimesMeetInFewWindows() {
        Set<Long> windows = LongStream.range(0, 1_000)
                .map(i -> KeepAlive.nextRenewal(Duration.ofSeconds(3).toNanos(), NOW + i * 1_000_000))
                .boxed()
                .collect(Collectors.toSet());
        assertThat(windows).as("in a second, and a tenth of one").hasSizeLessThanOrEqualTo(23);
    }
}
