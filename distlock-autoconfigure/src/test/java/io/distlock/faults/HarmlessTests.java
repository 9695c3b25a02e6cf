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

    /** Which leaves commands as much time as they get at most. */
    private static final Duration LONG = Duration.ofSeconds(6);

    private static Stage stage;

    private static Stage longer;

    @BeforeAll
    static void start() {
        stage = Stage.in(Mode.USUAL);
        longer = Stage.in(Mode.USUAL, Setting.ttl(LONG));
    }

    @AfterAll
    static void close() {
        stage.close();
        longer.close();
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
        longer.tryOut(harm, LONG, 1);
    }
}
