package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge is judged first. */
class HistoryTests {

    private final History history = new History();

    @Test
    void oneAfterTheOtherIsFine() {
        add("k", 1, 10, 20);
        add("k", 2, 20, 30);
        add("other", 1, 15, 25);
        assertThatNoException().isThrownBy(this.history::assertExclusive);
    }

    @Test
    void twoAtOnceAreNot() {
        add("k", 1, 10, 20);
        add("k", 2, 19, 30);
        assertThatExceptionOfType(AssertionError.class).isThrownBy(this.history::assertExclusive);
    }

    @Test
    void aFenceThatDoesNotGrowIsNot() {
        add("k", 2, 10, 20);
        add("k", 2, 21, 30);
        assertThatExceptionOfType(AssertionError.class).isThrownBy(this.history::assertExclusive);
    }

    @Test
    void whoHeldWhenTheDataWasLostMayOverlapWhoComesThen() {
        long now = System.nanoTime();
        long later = now + Duration.ofMinutes(1).toNanos();
        this.history.dataLost(5);
        add("k", 1, now, later);
        add("k", 6000, now + 10, later);
        assertThatNoException().isThrownBy(this.history::assertExclusive);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> this.history.assertLossesWereNoticedWithin(Duration.ofSeconds(1)));
        add("k", 7000, now + 20, later);
        assertThatExceptionOfType(AssertionError.class).isThrownBy(this.history::assertExclusive);
    }

    @Test
    void aLossOfOneKeyExcusesNothingElse() {
        long now = System.nanoTime();
        long later = now + Duration.ofMinutes(1).toNanos();
        this.history.dataLost(5, List.of("other"));
        add("k", 1, now, later);
        assertThat(this.history.longestBeliefAfterALoss()).isZero();
        add("k", 6000, now + 10, later);
        assertThatExceptionOfType(AssertionError.class).isThrownBy(this.history::assertExclusive);
    }

    @Test
    void beliefAfterALossIsMeasured() {
        add(
                "k",
                1,
                System.nanoTime() - 10,
                System.nanoTime() + Duration.ofSeconds(3).toNanos());
        this.history.dataLost(5);
        assertThat(this.history.longestBeliefAfterALoss()).isBetween(Duration.ofMillis(2500), Duration.ofSeconds(3));
    }

    @Test
    void whoIsPassedWhatWasLostBeforeHasALowerFence() {
        long now = System.nanoTime();
        this.history.dataLost(5);
        add("k", 6000, now + 1_000_000_000, now + 2_000_000_000);
        add("k", 1, now + 1_500_000_000, now + 1_600_000_000);
        assertThatNoException().isThrownBy(this.history::assertFencesGrow);
    }

    @Test
    void theWorstOverlapIsTheLongestOfAll() {
        add("k", 1, 10, 20);
        add("k", 2, 17, 18);
        add("k", 3, 19, 30);
        add("other", 4, 15, 25);
        assertThat(this.history.worstOverlap()).isEqualTo(Duration.ofNanos(3));
    }

    @Test
    void fencesMustGrowEvenWhereDataWasLost() {
        add("k", 1, 10, 20);
        add("k", 2, 15, 30);
        add("other", 1, 5, 8);
        assertThatNoException().isThrownBy(this.history::assertFencesGrow);
        add("k", 3, 12, 13);
        assertThatExceptionOfType(AssertionError.class).isThrownBy(this.history::assertFencesGrow);
    }

    private void add(String key, long fence, long from, long until) {
        this.history.add(new Span(key, "somebody", fence, from, until));
    }
}
