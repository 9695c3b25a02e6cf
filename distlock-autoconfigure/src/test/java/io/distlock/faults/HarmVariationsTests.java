package io.distlock.faults;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The harms of {@link HarmTests} again: what is harmless 20 times, with other ttls, and for waiters that only ask. */
@Tag("faults")
@Isolated("times what processes do")
class HarmVariationsTests {

    static Stream<Harm> harmless() {
        return Arrays.stream(Harm.values()).filter(Harm::isHarmless);
    }

    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class ByMessage {

        private Stage stage;

        @BeforeAll
        void start() {
            this.stage = Stage.with(Setting.WITHOUT_PASSING);
        }

        @AfterAll
        void close() {
            this.stage.close();
        }

        @ParameterizedTest
        @MethodSource("io.distlock.faults.HarmVariationsTests#harmless")
        void whatIsHarmlessCostsNoLockHoweverOften(Harm harm) {
            this.stage.tryOut(harm, Duration.ofSeconds(1), 20);
        }

        @ParameterizedTest
        @MethodSource("io.distlock.faults.HarmVariationsTests#harmless")
        void whatIsHarmlessCostsNoLockOfALongTtl(Harm harm) {
            this.stage.tryOut(harm, Duration.ofSeconds(6), 1);
        }
    }

    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class ByAsking {

        private Stage stage;

        @BeforeAll
        void start() {
            this.stage = Stage.with(Setting.WITHOUT_PASSING, Setting.WITHOUT_MESSAGES);
        }

        @AfterAll
        void close() {
            this.stage.close();
        }

        @ParameterizedTest
        @EnumSource
        void everythingHappensToThoseWhoOnlyAsk(Harm harm) {
            this.stage.tryOut(harm, Duration.ofMillis(1500), 1);
        }
    }
}
