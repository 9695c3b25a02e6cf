package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.ReleaseOutcome;
import io.distlock.faults.Harm.Scene;
import io.distlock.testredis.Cable;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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

    /** What a busy machine adds to promised times. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private static PrivateRedis redis;

    private static Cable cable;

    private static List<WaiterProcess> workers;

    @BeforeAll
    static void start() {
        redis = RedisServers.start();
        cable = Cable.to(redis);
        workers = Stream.of("first", "second", "third")
                .map(name -> WaiterProcess.startWithoutPassing(name, cable))
                .toList();
        workers.forEach(WaiterProcess::awaitReady);
    }

    @AfterAll
    static void close() {
        workers.forEach(WaiterProcess::close);
        cable.close();
        redis.close();
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
        tryOut(harm);
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
        tryOut(harm);
    }

    private static void tryOut(Harm harm) {
        workers.forEach(WaiterProcess::forget);
        try (Stalls stalls = Stalls.begin()) {
            neverTwoAtOnceEveryLossToldAndEverybodyBack(harm, stalls);
        }
    }

    private static void neverTwoAtOnceEveryLossToldAndEverybodyBack(Harm harm, Stalls stalls) {
        History history = new History();
        for (int i = 0; i < workers.size(); i++) {
            workers.get(i).takeTurns(Scene.KEY, TTL, Duration.ofMillis(3));
            workers.get(i).takeTurns(Scene.KEY, TTL, Duration.ofMillis(3));
            workers.get(i).takeTurns("kept-" + i, TTL, Duration.ofMinutes(5));
        }
        workers.forEach(worker -> worker.awaitTurns(Scene.KEY, 3));
        long before = System.nanoTime();
        harm.happen(new Scene(redis, cable, workers, history, TTL));
        long healed = System.nanoTime();
        workers.forEach(worker -> worker.awaitTurns(Scene.KEY, 1));
        Duration back = Duration.ofNanos(System.nanoTime() - healed);
        workers.forEach(worker -> worker.awaitTurns(Scene.KEY, 3));
        workers.forEach(WaiterProcess::rest);
        workers.forEach(worker -> worker.spans().forEach(history::add));

        history.assertExclusive();
        history.assertLossesWereNoticedWithin(TTL.plus(SLACK).plus(stalls.worst()));
        workers.forEach(HarmTests::assertEveryLossWasToldOnce);
        long told = workers.stream().mapToLong(worker -> worker.losses().size()).sum();
        System.out.printf(
                "%s: took %d ms, all back %d ms later, %d losses told, the slowest %d ms after the last belief%n",
                harm, (healed - before) / 1_000_000, back.toMillis(), told, slowestTelling() / 1_000_000);
        if (harm.isHarmless() && stalls.worst().compareTo(TTL.dividedBy(5)) < 0) {
            assertThat(told).as("losses").isZero();
        }
        // a second, a command time-out of half a second, and what a busy machine adds
        assertThat(back).isLessThan(Duration.ofMillis(1500).plus(SLACK).plus(stalls.worst()));
    }

    private static void assertEveryLossWasToldOnce(WaiterProcess worker) {
        Map<Long, List<Long>> losses = worker.losses();
        assertThat(losses.values()).as("each told once").allMatch(times -> times.size() == 1);
        worker.outcomes().forEach((fence, outcome) -> {
            boolean lost = outcome == ReleaseOutcome.EXPIRED || outcome == ReleaseOutcome.TAKEN;
            if (outcome != ReleaseOutcome.UNKNOWN) {
                assertThat(losses.containsKey(fence))
                        .as("told of the loss of %s, released as %s", fence, outcome)
                        .isEqualTo(lost);
            }
        });
    }

    private static long slowestTelling() {
        return workers.stream()
                .flatMap(worker -> worker.spans().stream()
                        .filter(span -> worker.losses().containsKey(span.fence()))
                        .map(span -> worker.losses().get(span.fence()).get(0) - span.until()))
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }
}
