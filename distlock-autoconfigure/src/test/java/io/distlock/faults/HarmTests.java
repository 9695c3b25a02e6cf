package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.faults.Harm.Scene;
import io.distlock.testredis.Cable;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
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

    /** What a busy machine adds to promised times. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private static PrivateRedis redis;

    private static Cable cable;

    private static Workers workers;

    @BeforeAll
    static void start() {
        redis = RedisServers.start();
        cable = Cable.to(redis);
        workers = Workers.start(Setting.redis(cable), Setting.WITHOUT_PASSING);
    }

    @AfterAll
    static void close() {
        workers.close();
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
        try (Stalls stalls = Stalls.begin()) {
            neverTwoAtOnceEveryLossToldAndEverybodyBack(harm, stalls);
        }
    }

    private static void neverTwoAtOnceEveryLossToldAndEverybodyBack(Harm harm, Stalls stalls) {
        History history = new History();
        workers.begin(Scene.KEY, TTL, Duration.ofMillis(3));
        long before = System.nanoTime();
        harm.happen(new Scene(redis, cable, workers.first(), history, TTL));
        long healed = System.nanoTime();
        workers.awaitTurns(Scene.KEY, 1);
        Duration back = Duration.ofNanos(System.nanoTime() - healed);
        workers.awaitTurns(Scene.KEY, 3);
        workers.rest(history);

        history.assertExclusive();
        history.assertLossesWereNoticedWithin(TTL.plus(SLACK).plus(stalls.worst()));
        workers.assertEveryLossWasToldOnce();
        System.out.printf(
                "%s: took %d ms, all back %d ms later, %d losses told, the slowest %d ms after the last belief%n",
                harm,
                (healed - before) / 1_000_000,
                back.toMillis(),
                workers.losses(),
                workers.slowestTelling().toMillis());
        if (harm.isHarmless() && stalls.worst().compareTo(TTL.dividedBy(5)) < 0) {
            assertThat(workers.losses()).as("losses").isZero();
        }
        // a second, a command time-out of half a second, and what a busy machine adds
        assertThat(back).isLessThan(Duration.ofMillis(1500).plus(SLACK).plus(stalls.worst()));
    }
}
