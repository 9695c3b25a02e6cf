package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.faults.Harm.Scene;
import io.distlock.testredis.Cable;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;

/** A Redis, a cable to it, and three processes that take one lock in turns and keep one each, while something breaks. */
final class Stage implements AutoCloseable {

    /** What a busy machine adds to promised times. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private final PrivateRedis redis = RedisServers.start();

    private final Cable cable = Cable.to(this.redis);

    private final Workers workers;

    private Stage(Setting... settings) {
        this.workers = Workers.start(Setting.redis(this.cable), settings);
    }

    static Stage with(Setting... settings) {
        return new Stage(settings);
    }

    PrivateRedis redis() {
        return this.redis;
    }

    Workers workers() {
        return this.workers;
    }

    Scene scene(History history, Duration ttl) {
        return new Scene(this.redis, this.cable, this.workers.first(), history, ttl);
    }

    /** Never two at once, every loss told, everybody back; and where it is harmless, no loss. */
    void tryOut(Harm harm, Duration ttl, int times) {
        try (Stalls stalls = Stalls.begin()) {
            History history = new History();
            this.workers.begin(Scene.KEY, ttl, Duration.ofMillis(3));
            Duration slowest = Duration.ZERO;
            for (int i = 0; i < times; i++) {
                Duration back = happen(harm, scene(history, ttl));
                slowest = back.compareTo(slowest) > 0 ? back : slowest;
            }
            this.workers.awaitTurns(Scene.KEY, 3);
            this.workers.rest(history);
            System.out.printf(
                    "%s, %d times at a ttl of %d ms: all back after %d ms, %d losses told, the slowest %d ms after the last"
                            + " belief, believed after a loss of data for %d ms; machine stood still for %d ms%n",
                    harm,
                    times,
                    ttl.toMillis(),
                    slowest.toMillis(),
                    this.workers.losses(),
                    this.workers.slowestTelling().toMillis(),
                    history.worstOverlap().toMillis(),
                    stalls.worst().toMillis());
            history.assertExclusive();
            history.assertFencesGrow();
            history.assertLossesWereNoticedWithin(
                    harm.leavesRedisThere() ? ttl.dividedBy(3).plus(SLACK) : ttl.plus(SLACK), stalls.worst());
            this.workers.assertEveryLossWasToldOnce();
            if (harm.isHarmless() && stalls.worst().compareTo(ttl.dividedBy(5)) < 0) {
                assertThat(this.workers.losses()).as("losses").isZero();
            }
            // a second, a command time-out, and what a busy machine adds
            assertThat(slowest)
                    .isLessThan(Duration.ofSeconds(1)
                            .plus(ttl.dividedBy(3))
                            .plus(SLACK)
                            .plus(stalls.worst()));
        }
    }

    private Duration happen(Harm harm, Scene scene) {
        harm.happen(scene);
        long healed = System.nanoTime();
        this.workers.awaitTurns(Scene.KEY, 1);
        return Duration.ofNanos(System.nanoTime() - healed);
    }

    @Override
    public void close() {
        this.workers.close();
        this.cable.close();
        this.redis.close();
    }
}
