package io.distlock.faults;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Three processes take one lock in turns and keep one each, while something breaks. A quick half of the harms happens in
 * every run, all of them with {@code -Pfaults}.
 */
@Isolated("times what processes do")
class HarmTests {

    private static final Duration TTL = Duration.ofMillis(1500);

    private static Stage stage;

    @BeforeAll
    static void start() {
        stage = Stage.with(Setting.WITHOUT_PASSING);
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
    void quickly(Harm harm) {
        stage.tryOut(harm, TTL, 1);
    }

    @ParameterizedTest
    @Tag("faults")
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {
                "REDIS_KILLED_AND_EMPTY",
                "REDIS_FROZEN",
                "WORKER_FROZEN",
                "NET_CUT",
                "NET_BLACK_HOLE",
                "NET_FORGOTTEN",
                "ALL_DELETED"
            })
    void allOthers(Harm harm) {
        stage.tryOut(harm, TTL, 1);
    }
}
