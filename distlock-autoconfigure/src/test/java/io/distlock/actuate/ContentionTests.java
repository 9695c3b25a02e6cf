package io.distlock.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** Counts by time, under a clock that is moved. */
class ContentionTests {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final MovedClock clock = new MovedClock();

    private final Contention contention = new Contention(this.clock);

    @Test
    void eachSlotCountsWhatHappenedInIt() {
        this.contention.taken(Duration.ofMillis(5));
        this.contention.taken(Duration.ofMillis(6));
        this.clock.now = START.plusSeconds(5);
        this.contention.refused();
        this.clock.now = START.plusMillis(14_999);
        this.contention.lost();
        assertThat(this.contention.slots())
                .hasSize(60)
                .endsWith(
                        new Contention.Slot(START, 2, 1, 0, 0),
                        new Contention.Slot(START.plusSeconds(5), 0, 0, 1, 0),
                        new Contention.Slot(START.plusSeconds(10), 0, 0, 0, 1))
                .startsWith(new Contention.Slot(START.plusSeconds(10 - 59 * 5), 0, 0, 0, 0));
    }

    @Test
    void whatIsFiveMinutesOldIsForgottenAndItsSlotUsedAgain() {
        this.contention.taken(Duration.ZERO);
        this.clock.now = START.plusSeconds(295);
        assertThat(this.contention.slots().get(0)).isEqualTo(new Contention.Slot(START, 1, 0, 0, 0));
        this.clock.now = START.plusSeconds(300);
        assertThat(this.contention.slots())
                .allSatisfy(slot -> assertThat(slot.taken()).isZero());
        this.contention.taken(Duration.ZERO);
        assertThat(this.contention.slots()).endsWith(new Contention.Slot(START.plusSeconds(300), 1, 0, 0, 0));
    }

    @Test
    void aClockThatIsSetBackCountsOn() {
        this.clock.now = START.plusSeconds(300);
        this.contention.taken(Duration.ZERO);
        this.clock.now = START;
        this.contention.taken(Duration.ZERO);
        this.clock.now = START.plusSeconds(300);
        assertThat(this.contention.slots()).endsWith(new Contention.Slot(START.plusSeconds(300), 2, 0, 0, 0));
    }

    private static final class MovedClock extends Clock {

        private Instant now = START;

        @Override
        public Instant instant() {
            return this.now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
