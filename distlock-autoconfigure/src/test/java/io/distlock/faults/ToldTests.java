package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.distlock.ReleaseOutcome;
import io.distlock.faults.Testimony.Outcome;
import io.distlock.faults.Testimony.Turn;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The judge is judged first. */
class ToldTests {

    private static final Turn TURN = new Turn("orders", 1);

    private static final Turn OTHER = new Turn("orders", 2);

    @Test
    void aReleaseWithoutALossIsFine() {
        assertThatNoException()
                .isThrownBy(() -> Told.assertEveryLossWasToldOnce(Map.of(), ended(TURN, ReleaseOutcome.RELEASED)));
    }

    @ParameterizedTest
    @EnumSource(names = {"EXPIRED", "TAKEN"})
    void aLossThatWasToldOnceIsFine(ReleaseOutcome found) {
        assertThatNoException().isThrownBy(() -> Told.assertEveryLossWasToldOnce(told(TURN, 5), ended(TURN, found)));
    }

    @ParameterizedTest
    @EnumSource(names = {"EXPIRED", "TAKEN"})
    void oneThatWasNotToldIsNot(ReleaseOutcome found) {
        assertWrong(Map.of(), ended(TURN, found));
        assertWrong(told(OTHER, 5), ended(TURN, found));
    }

    @Test
    void oneThatWasToldTwiceIsNot() {
        assertWrong(told(TURN, 5, 6), ended(TURN, ReleaseOutcome.EXPIRED));
        assertWrong(told(TURN, 5, 6), Map.of());
    }

    @Test
    void oneThatWasNoneIsNot() {
        assertWrong(told(TURN, 5), ended(TURN, ReleaseOutcome.RELEASED));
    }

    @Test
    void whatRedisDidNotAnswerSaysNothing() {
        assertThatNoException().isThrownBy(() -> {
            Told.assertEveryLossWasToldOnce(Map.of(), ended(TURN, ReleaseOutcome.UNKNOWN));
            Told.assertEveryLossWasToldOnce(told(TURN, 5), ended(TURN, ReleaseOutcome.UNKNOWN));
        });
    }

    private static Map<Turn, List<Long>> told(Turn turn, long... times) {
        return Map.of(turn, Arrays.stream(times).boxed().toList());
    }

    private static Map<Turn, Outcome> ended(Turn turn, ReleaseOutcome found) {
        return Map.of(turn, new Outcome(found, Duration.ZERO, Duration.ZERO));
    }

    private static void assertWrong(Map<Turn, List<Long>> losses, Map<Turn, Outcome> outcomes) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> Told.assertEveryLossWasToldOnce(losses, outcomes));
    }
}
