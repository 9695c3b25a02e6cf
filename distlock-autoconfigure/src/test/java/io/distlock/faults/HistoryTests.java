package io.distlock.faults;

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

    private void add(String key, long fence, long from, long until) {
        this.history.add(new Span(key, "somebody", fence, from, until));
    }
}
