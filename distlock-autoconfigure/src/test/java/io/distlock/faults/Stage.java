package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.faults.Harm.Scene;
import io.distlock.testredis.Cable;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Redis, a cable to it, and three processes that take one lock in turns, keep one each, want what the others keep, and
 * write into a ledger under one more, while something breaks.
 */
final class Stage implements AutoCloseable {

    /** What a busy machine adds to promised times. */
    static final Duration SLACK = Duration.ofMillis(500);

    /** The same where the next worse thing is not much longer than what is promised. */
    private static final Duration LITTLE_SLACK = Duration.ofMillis(250);

    private static final Duration HOLD = Duration.ofMillis(3);

    /** One for commands and one for messages. */
    private static final int OVER_LETTUCE = 2;

    /** One for messages, and the pool of the application. */
    private static final int OVER_JEDIS = 9;

    private final PrivateRedis redis = RedisServers.start();

    private final Cable cable = Cable.to(this.redis);

    private final Ledger ledger = Ledger.open();

    private final Watch watch = Watch.over(this.redis);

    private final Workers workers;

    private final int connectionsEach;

    private Stage(Setting... settings) {
        this.connectionsEach = List.of(settings).contains(Setting.OVER_JEDIS) ? OVER_JEDIS : OVER_LETTUCE;
        this.workers = Workers.start(
                Setting.redis(this.cable),
                Stream.concat(Arrays.stream(settings), Stream.of(this.ledger.setting()))
                        .toArray(Setting[]::new));
    }

    /** @param more settings than those of the mode */
    static Stage in(Mode mode, Setting... more) {
        return new Stage(Stream.concat(Arrays.stream(mode.settings()), Arrays.stream(more))
                .toArray(Setting[]::new));
    }

    PrivateRedis redis() {
        return this.redis;
    }

    Workers workers() {
        return this.workers;
    }

    Watch watch() {
        return this.watch;
    }

    Scene scene(History history, Duration ttl) {
        return new Scene(this.redis, this.cable, this.workers, history, ttl);
    }

    /** Never two at once, every loss told, everybody back; no stale write, no key left; and where it is harmless, no loss. */
    void tryOut(Harm harm, Duration ttl, int times) {
        try (Stalls stalls = Stalls.begin()) {
            History history = new History();
            this.ledger.clear();
            this.workers.beginAll(Scene.KEY, ttl, HOLD);
            Duration slowest = Duration.ZERO;
            for (int i = 0; i < times; i++) {
                Duration back = happen(harm, scene(history, ttl));
                slowest = back.compareTo(slowest) > 0 ? back : slowest;
            }
            this.workers.awaitTurns(Scene.KEY, 3);
            this.workers.rest(history);
            stalls.seen(this.workers.said().worstStall());
            tell(harm, ttl, times, slowest, history, stalls);

            history.assertExclusive();
            history.assertFencesGrow();
            this.workers.said().assertEveryLossWasToldOnce();
            this.workers.said().assertNobodyWasRefusedEarly();
            this.watch.assertNobodyTouchedWhatAnotherHeld();
            this.ledger.assertNoStaleWrite();
            Leftovers.assertNoLockIn(this.redis, ttl);
            assertInTime(harm, ttl, slowest, history, stalls);
        }
        assertNothingStaysOfClosedClients();
    }

    private Duration happen(Harm harm, Scene scene) {
        int stale = this.workers.said().stale();
        try {
            harm.happen(scene);
        } finally {
            this.cable.heal(); // one that failed half-way must not harm those that follow
        }
        long healed = System.nanoTime();
        this.workers.takeOneMore(scene.ttl());
        Duration back = this.workers.awaitFirstTurns(Scene.KEY, healed);
        if (harm.costsEveryLock()) {
            this.workers.awaitStaleWrites(stale + 1);
        }
        this.workers.awaitOneMore();
        return back;
    }

    private void tell(Harm harm, Duration ttl, int times, Duration slowest, History history, Stalls stalls) {
        System.out.printf(
                "%s, %d times at a ttl of %d ms: all back after %d ms, %d losses told, the slowest %d ms after the last"
                        + " belief, believed after a loss of data for %d ms (two at once for %d ms), %d stale writes refused,"
                        + " waited %d ms too long, released within %d ms; machine stood still for %d ms%n",
                harm,
                times,
                ttl.toMillis(),
                slowest.toMillis(),
                this.workers.said().losses(),
                this.workers.said().slowestTelling().toMillis(),
                history.longestBeliefAfterALoss().toMillis(),
                history.worstOverlap().toMillis(),
                this.workers.said().stale(),
                this.workers.said().worstOverrun().toMillis(),
                this.workers.said().slowestRelease().toMillis(),
                stalls.worst().toMillis());
    }

    private void assertInTime(Harm harm, Duration ttl, Duration slowest, History history, Stalls stalls) {
        Duration commandTimeout = ttl.dividedBy(3);
        stalls.unlessLongerThan(ttl.dividedBy(10), () -> {
            if (harm.isHarmless()) {
                assertThat(this.workers.said().losses()).as("losses").isZero();
            }
            // a build that is deaf to "not mine" believes for two thirds of the ttl at least
            assertThat(history.longestBeliefAfterALoss())
                    .as("belief after the data was lost")
                    .isLessThan(harm.leavesRedisThere() ? ttl.dividedBy(3).plus(LITTLE_SLACK) : ttl);
            assertThat(this.workers.said().slowestTelling())
                    .as("from the last belief to the news")
                    .isLessThan(Duration.ofMillis(100).plus(LITTLE_SLACK));
            assertThat(this.workers.said().leastValidityAfterwards())
                    .as("left of locks that were taken after it, and renewed")
                    .isGreaterThan(ttl.dividedBy(2));
            assertThat(slowest)
                    .as("until all were back")
                    .isLessThan(Duration.ofSeconds(1).plus(commandTimeout).plus(SLACK));
            assertThat(this.workers.said().worstOverrun())
                    .as("waited longer than ready to")
                    .isLessThan(commandTimeout.plus(SLACK));
            assertThat(this.workers.said().slowestRelease())
                    .isLessThan(commandTimeout.plusMillis(100).plus(SLACK));
        });
    }

    private void assertNothingStaysOfClosedClients() {
        await().untilAsserted(() -> assertThat(this.cable.connections())
                .as(() -> "connections of 3 processes: " + this.redis.call("CLIENT", "LIST"))
                .isLessThanOrEqualTo(3 * this.connectionsEach));
        this.workers.closeClients();
        await().untilAsserted(() ->
                assertThat(this.cable.connections()).as("connections").isZero());
    }

    @Override
    public void close() {
        this.workers.close();
        this.watch.close();
        this.cable.close();
        this.redis.close();
        this.ledger.close();
    }
}
