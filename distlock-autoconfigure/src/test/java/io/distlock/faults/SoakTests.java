package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.faults.Harm.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Three processes with thirty threads each lock ten keys, and every ten seconds something breaks. {@code -Psoak}, with
 * {@code -Dsoak.minutes} and the {@code -Dsoak.seed} of an earlier run, which is printed.
 */
@Tag("soak")
@Isolated("times what processes do")
class SoakTests {

    private static final Duration TTL = Duration.ofMillis(1500);

    private static final Duration PERIOD = Duration.ofSeconds(10);

    private static final Duration HOLD = Duration.ofMillis(20);

    private static final Duration WRITES = Duration.ofSeconds(5);

    private static final int KEYS = 10;

    private static final int THREADS_PER_KEY = 3;

    private final long seed = Long.getLong("soak.seed", System.nanoTime() % 1_000_000);

    private final int rounds = (int) (Integer.getInteger("soak.minutes", 10) * 60 / PERIOD.toSeconds());

    private final History history = new History();

    private final Map<Harm, Duration> slowest = new TreeMap<>();

    @ParameterizedTest
    @EnumSource(names = {"USUAL", "WITHOUT_PASSING"})
    void whateverHappensInWhicheverOrder(Mode mode) {
        System.out.printf("soak: %s, seed %d, %d rounds%n", mode, this.seed, this.rounds);
        Random random = new Random(this.seed);
        try (Stage stage = Stage.in(mode, Setting.idle(HOLD));
                Stalls stalls = Stalls.begin()) {
            List<String> keys = begin(stage.workers());
            for (int i = 0; i < this.rounds; i++) {
                long start = System.nanoTime();
                Harm harm = Harm.values()[random.nextInt(Harm.values().length)];
                harm.happen(stage.scene(this.history, TTL));
                Duration back = stage.workers().awaitFirstTurns(keys, System.nanoTime());
                this.slowest.merge(harm, back, (one, other) -> one.compareTo(other) > 0 ? one : other);
                awaitTime(start + PERIOD.toNanos());
            }
            stage.workers().rest(this.history);
            stalls.seen(stage.workers().said().worstStall());
            tell(stage, stalls);
            this.history.assertExclusive();
            this.history.assertFencesGrow();
            stage.workers().said().assertEveryLossWasToldOnce();
            stage.workers().said().assertNobodyWasRefusedEarly();
            stage.watch().assertNobodyTouchedWhatAnotherHeld();
            stalls.unlessLongerThan(TTL.dividedBy(10), () -> {
                this.history.assertLossesWereNoticedWithin(TTL);
                // ten locks wait for one another behind thirty threads
                assertThat(this.slowest)
                        .allSatisfy((harm, back) -> assertThat(back)
                                .as("back after %s", harm)
                                .isLessThan(Duration.ofMillis(1500).plus(Stage.SLACK.multipliedBy(2))));
            });
            Leftovers.assertNoneIn(stage.redis(), TTL);
            stage.workers()
                    .forEach(worker -> assertThat(worker.gauge().threads()).isLessThan(20));
        }
    }

    private static List<String> begin(Workers workers) {
        List<String> keys = new ArrayList<>(List.of(Scene.KEY));
        while (keys.size() < KEYS) {
            keys.add("key-" + keys.size());
        }
        workers.beginEach(worker -> {
            for (String key : keys) {
                for (int i = 0; i < THREADS_PER_KEY; i++) {
                    worker.takeTurns(key, TTL, HOLD);
                }
            }
            worker.writeGuarded(Scene.GUARDED, TTL, WRITES);
        });
        workers.awaitFirstTurns(keys, System.nanoTime());
        return keys;
    }

    private void tell(Stage stage, Stalls stalls) {
        System.out.printf(
                "soak: seed %d, %d rounds, %d holds, %d losses told, two believed at once for %d ms at worst, where data was"
                        + " lost; machine stood still for %d ms%n",
                this.seed,
                this.rounds,
                this.history.spans().size(),
                stage.workers().said().losses(),
                this.history.worstOverlap().toMillis(),
                stalls.worst().toMillis());
        this.slowest.forEach(
                (harm, back) -> System.out.printf("soak: %s, all back after %d ms%n", harm, back.toMillis()));
        stage.workers().forEach(worker -> System.out.printf("soak: %s%n", worker.gauge()));
    }

    private static void awaitTime(long end) {
        await().pollInterval(Duration.ofMillis(50))
                .atMost(PERIOD.multipliedBy(2))
                .until(() -> System.nanoTime() - end >= 0);
    }
}
