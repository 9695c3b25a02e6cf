package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.ReleaseOutcome;
import io.distlock.faults.Testimony.Outcome;
import io.distlock.faults.Testimony.Turn;
import java.util.List;
import java.util.Map;

/** Whether every loss was told, once, and none that was none. */
final class Told {

    private Told() {}

    /**
     * @param losses when each of them was told
     * @param outcomes of the leases that were given back; what Redis did not answer says nothing
     */
    static void assertEveryLossWasToldOnce(Map<Turn, List<Long>> losses, Map<Turn, Outcome> outcomes) {
        assertThat(losses)
                .as("each told once")
                .allSatisfy((turn, times) -> assertThat(times).as("%s", turn).hasSize(1));
        outcomes.forEach((turn, outcome) -> {
            ReleaseOutcome found = outcome.found();
            boolean lost = found == ReleaseOutcome.EXPIRED || found == ReleaseOutcome.TAKEN;
            if (found != ReleaseOutcome.UNKNOWN) {
                assertThat(losses.containsKey(turn))
                        .as("told of the loss of %s, released as %s", turn, found)
                        .isEqualTo(lost);
            }
        });
    }
}
