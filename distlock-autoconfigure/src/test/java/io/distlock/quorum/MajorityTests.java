package io.distlock.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Cases;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MajorityTests {

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "2, 2, 0", "3, 2, 1", "4, 3, 1", "5, 3, 2", "6, 4, 2", "7, 4, 3", "9, 5, 4"})
    void moreThanHalfIsNeededAndTheOthersAreSpare(int nodes, int needed, int spare) {
        Majority majority = new Majority(nodes);
        assertThat(majority.needed()).isEqualTo(needed);
        assertThat(majority.spare()).isEqualTo(spare);
        assertThat(2 * majority.needed()).as("two majorities share a node").isGreaterThan(nodes);
        for (int votes = 0; votes <= nodes; votes++) {
            assertThat(majority.isReachedBy(votes)).isEqualTo(votes >= needed);
            assertThat(majority.isOutOfReachAfter(nodes - votes)).isEqualTo(votes < needed);
        }
    }

    @ParameterizedTest
    @Cases("RS-A1")
    @CsvSource({
        "10000, 0, 9800",
        "10000, 3000, 6800",
        "10000, 9799, 1",
        "10000, 9800, 0",
        "10000, 10000, -200",
        "50, 0, 48",
        "50, 48, 0",
        "1000, 100, 880",
        "8000, 40, 7800"
    })
    void whatIsLeftOfATtlIsLessByTheTimeThatTheVoteTookAndByTheDrift(int ttl, int elapsed, int left) {
        assertThat(Majority.validity(
                        Duration.ofMillis(ttl), Duration.ofMillis(elapsed).toNanos()))
                .isEqualTo(Duration.ofMillis(left).toNanos());
    }

    @ParameterizedTest
    @CsvSource({
        "1000, 1, 1000",
        "1000, 2, 500",
        "3333, 1, 1000",
        "3333, 2, 1000",
        "150, 2, 100",
        "100, 1, 100",
        "10, 1, 100"
    })
    void aNodeHasItsShareOfTheTimeButNeverTooLittleOrTooMuch(int command, int rounds, int timeout) {
        assertThat(Members.timeout(Duration.ofMillis(command), rounds)).isEqualTo(Duration.ofMillis(timeout));
    }
}
