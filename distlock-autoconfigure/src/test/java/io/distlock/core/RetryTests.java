package io.distlock.core;

import static io.distlock.core.Retry.Strategy.CONSTANT;
import static io.distlock.core.Retry.Strategy.EXPONENTIAL;
import static io.distlock.core.Retry.Strategy.LINEAR;
import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Cases;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryTests {

    @ParameterizedTest
    @Cases({"BS-33", "BS-34"})
    @CsvSource({
        "CONSTANT, 20, 300, 20 20 20 20",
        "CONSTANT, 20, 10, 10 10 10 10",
        "LINEAR, 20, 70, 20 40 60 70 70",
        "EXPONENTIAL, 10, 300, 10 20 40 80 160 300 300",
        "EXPONENTIAL, 1, 250, 1 2 4 8 16 32 64 128 250 250"
    })
    void pausesGrowAsTheStrategySays(Retry.Strategy strategy, int min, int max, String pauses) {
        Tries tries = new Tries(retry(strategy, min, max, 0, 0));
        for (String pause : pauses.split(" ")) {
            assertThat(tries.next()).contains(Duration.ofMillis(Integer.parseInt(pause)));
        }
    }

    @Test
    void manyTriesOverflowNothing() {
        Tries tries = new Tries(retry(EXPONENTIAL, 1000, 86_400_000, 0, 0));
        for (int i = 0; i < 100; i++) {
            assertThat(tries.next().orElseThrow()).isBetween(Duration.ofSeconds(1), Duration.ofDays(1));
        }
    }

    @Test
    void everyPauseVariesByItsJitterBothWays() {
        Retry retry = retry(CONSTANT, 100, 100, 0.2, 0);
        assertThat(retry.pauseAfter(1, 0)).contains(Duration.ofMillis(80));
        assertThat(retry.pauseAfter(1, 0.5)).contains(Duration.ofMillis(100));
        assertThat(retry.pauseAfter(1, 1)).contains(Duration.ofMillis(120));
    }

    @Test
    @Cases({"BS-35", "BS-36"})
    void everyAcquisitionHasALimitOfItsOwn() {
        Retry retry = retry(LINEAR, 10, 100, 0, 2);
        List<Tries> many =
                IntStream.range(0, 64).mapToObj(i -> new Tries(retry)).toList();
        for (Tries tries : many) {
            assertThat(List.of(tries.next(), tries.next(), tries.next(), tries.next()))
                    .isEqualTo(Arrays.asList(
                            Optional.of(Duration.ofMillis(10)),
                            Optional.of(Duration.ofMillis(20)),
                            Optional.empty(),
                            Optional.empty()));
        }
    }

    @Test
    void aStrategyThatFailsIsReplacedByTheDefaults() {
        Tries tries = new Tries(questions -> {
            throw new IllegalStateException("out of order");
        });
        assertThat(tries.next().orElseThrow()).isBetween(Duration.ofMillis(4), Duration.ofMillis(6));
        assertThat(tries.next().orElseThrow()).isBetween(Duration.ofMillis(8), Duration.ofMillis(12));
    }

    private static Retry retry(Retry.Strategy strategy, int min, int max, double jitter, int limit) {
        return new Retry(strategy, Duration.ofMillis(min), Duration.ofMillis(max), jitter, limit);
    }
}
