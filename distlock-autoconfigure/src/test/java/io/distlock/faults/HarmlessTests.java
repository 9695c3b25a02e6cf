package io.distlock.faults;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What leaves the key and a third of the lease alone costs no lock, however often it happens. */
@Tag("faults")
@Isolated("times what processes do")
class HarmlessTests {

    private static Stage stage;

    @BeforeAll
    static void start() {
        stage = Stage.in(Mode.USUAL);
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    static Stream<Harm> harmless() {
        return Arrays.stream(Harm.values()).filter(Harm::isHarmless);
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void twentyTimesAtAShortTtl(Harm harm) {
        stage.tryOut(harm, Duration.ofSeconds(1), 20);
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void atALongTtl(Harm harm) {
        stage.tryOut(harm, Duration.ofSeconds(6), 1);
    }
}
