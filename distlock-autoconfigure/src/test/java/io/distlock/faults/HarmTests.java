package io.distlock.faults;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A quick half of what {@link AllHarmsTests} does, in every run. */
@Isolated("times what processes do")
class HarmTests {

    private static final Duration TTL = Duration.ofMillis(1500);

    private static Stage stage;

    @BeforeAll
    static void start() {
        stage = Stage.in(Mode.USUAL);
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "REDIS_KILLED_AND_EMPTY",
                "REDIS_FROZEN",
                "WORKER_FROZEN",
                "NET_CUT",
                "NET_BLACK_HOLE",
                "NET_FORGOTTEN",
                "ALL_DELETED"
            })
    void neverTwoAtOnceEveryLossToldAndEverybodyBack(Harm harm) {
        stage.tryOut(harm, TTL, 1);
    }
}
