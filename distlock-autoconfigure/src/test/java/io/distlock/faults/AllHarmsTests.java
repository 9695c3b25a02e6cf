package io.distlock.faults;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three processes lock, write and wait while each thing breaks that can, in each mode. */
@Tag("faults")
@Isolated("times what processes do")
@ParameterizedClass
@EnumSource
class AllHarmsTests {

    private static final Duration TTL = Duration.ofMillis(1500);

    private static Stage stage;

    @Parameter
    private Mode mode;

    @BeforeParameterizedClassInvocation
    static void start(Mode mode) {
        System.out.println("mode " + mode);
        stage = Stage.in(mode);
    }

    @AfterParameterizedClassInvocation
    static void close() {
        stage.close();
    }

    @ParameterizedTest
    @EnumSource
    void neverTwoAtOnceEveryLossToldAndEverybodyBack(Harm harm) {
        stage.tryOut(harm, TTL, 1);
    }
}
