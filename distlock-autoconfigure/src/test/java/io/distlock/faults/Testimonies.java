package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.faults.Testimony.Insisted;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What several processes have said, and whether that is as promised. */
record Testimonies(List<Testimony> all) {

    Stream<Span> spans() {
        return this.all.stream().flatMap(one -> one.spans().stream());
    }

    /** How many losses were told. */
    long losses() {
        return this.all.stream().mapToLong(one -> one.losses().size()).sum();
    }

    /** How often the ledger refused a write. */
    int stale() {
        return this.all.stream().mapToInt(Testimony::stale).sum();
    }

    void assertEveryLossWasToldOnce() {
        this.all.forEach(one -> Told.assertEveryLossWasToldOnce(one.losses(), one.outcomes()));
    }

    /** Nobody was told that others hold a lock before all of its time was over. */
    void assertNobodyWasRefusedEarly() {
        this.all.forEach(one -> {
            assertThat(one.refusals()).as("refused without having waited").isEmpty();
            assertThat(one.insisted()).allSatisfy(Testimonies::assertNotRefusedEarly);
        });
    }

    private static void assertNotRefusedEarly(Insisted insisted) {
        assertThat(insisted.answer()).isIn("BUSY", "GRANTED", "UNAVAILABLE");
        if (insisted.answer().equals("BUSY")) {
            assertThat(insisted.took()).as("waited before it was told busy").isGreaterThanOrEqualTo(insisted.waitFor());
        }
    }

    /** The longest that anybody waited beyond what it was ready to wait, but for what it slept through. */
    Duration worstOverrun() {
        return longest(this.all.stream()
                .flatMap(one -> one.insisted().stream().map(insisted -> overrun(one, insisted))));
    }

    private static Duration overrun(Testimony one, Insisted insisted) {
        return insisted.took().minus(insisted.waitFor()).minus(one.slept(insisted.from(), insisted.took()));
    }

    /** The longest that a release took; what slept meanwhile is not counted. */
    Duration slowestRelease() {
        return longest(this.all.stream()
                .filter(one -> !one.hasSlept())
                .flatMap(one -> one.outcomes().values().stream())
                .map(Testimony.Outcome::took));
    }

    /** The longest time from the last belief in a lease to the news that it is lost. */
    Duration slowestTelling() {
        return longest(this.all.stream().map(Testimony::slowestTelling));
    }

    /** For how long at worst any of them stood still though nobody made it. */
    Duration worstStall() {
        return longest(this.all.stream().map(Testimony::worstStall));
    }

    /** What was left at least of the time of leases that were taken after something had happened, when they ended. */
    Duration leastValidityAfterwards() {
        return this.all.stream()
                .flatMap(one -> one.outcomes().entrySet().stream())
                .filter(entry -> entry.getKey().key().startsWith(Workers.AFTER))
                .map(entry -> entry.getValue().validity())
                .min(Duration::compareTo)
                .orElseThrow();
    }

    private static Duration longest(Stream<Duration> times) {
        return times.max(Duration::compareTo).orElse(Duration.ZERO);
    }
}
