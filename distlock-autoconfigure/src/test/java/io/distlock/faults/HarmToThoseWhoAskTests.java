package io.distlock.faults;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All that happens in {@link HarmTests} happens to processes that get no messages, too. */
@Tag("faults")
@Isolated("times what processes do")
class HarmToThoseWhoAskTests {

    private static Stage stage;

    @BeforeAll
    static void start() {
        stage = Stage.with(Setting.WITHOUT_PASSING, Setting.WITHOUT_MESSAGES);
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    @ParameterizedTest
    @EnumSource
    void neverTwoAtOnceEveryLossToldAndEverybodyBack(Harm harm) {
        stage.tryOut(harm, Duration.ofMillis(1500), 1);
    }
}
