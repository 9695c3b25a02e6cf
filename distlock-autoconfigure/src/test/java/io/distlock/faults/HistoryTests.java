package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
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
        add("k", 6, now + 10, later);
        assertThatNoException().isThrownBy(this.history::assertExclusive);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> this.history.assertLossesWereNoticedWithin(Duration.ofSeconds(1)));
        add("k", 7, now + 20, later);
        assertThatExceptionOfType(AssertionError.class).isThrownBy(this.history::assertExclusive);
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
