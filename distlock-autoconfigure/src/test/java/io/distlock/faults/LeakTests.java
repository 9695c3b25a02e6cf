package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.faults.WaiterProcess.Gauge;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Nothing grows in a process that locks: memory, threads, connections. Briefly in every run, at length with the faults. */
@Isolated("counts what a process needs")
class LeakTests {

    private static final String KEY = "orders";

    private static final int THREADS = 8;

    private static final int FEW = 1000;

    /** One for commands and one for messages. */
    private static final int CONNECTIONS = 2;

    /** A process that is young still loads classes and compiles: a few locks cannot tell a leak from that. */
    private static final double ROUGHLY = 1.25;

    private static final double EXACTLY = 1.05;

    private final PrivateRedis redis = RedisServers.start();

    private final WaiterProcess worker =
            WaiterProcess.start("worker", Setting.redis(this.redis)).awaitReady();

    private final WaiterProcess other =
            WaiterProcess.start("other", Setting.redis(this.redis)).awaitReady();

    @AfterEach
    void close() {
        this.worker.close();
        this.other.close();
        this.redis.close();
    }

    @Test
    void tenThousandKeysLeaveNothing() {
        lock(10_000, 20_000, 20_000, ROUGHLY);
    }

    @Test
    @Tag("faults")
    void aMillionLocksLeaveNothing() {
        lock(FEW, 100_000, 1_000_000, EXACTLY);
    }

    @Test
    @Tag("faults")
    void aHundredThousandKeysLeaveNothing() {
        lock(100_000, 100_000, 100_000, EXACTLY);
    }

    @Test
    void aFewLostConnectionsLeaveNothing() {
        loseConnections(20, 20, ROUGHLY);
    }

    @Test
    @Tag("faults")
    void aThousandLostConnectionsLeaveNothing() {
        loseConnections(50, 1000, EXACTLY);
    }

    private void lock(int keys, int first, int more, double growth) {
        this.worker.cycle(THREADS, keys / THREADS, first);
        Gauge before = this.worker.gauge();
        long start = System.nanoTime();
        this.worker.cycle(THREADS, keys / THREADS, more);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertNothingGrew(before, more + " locks of " + keys + " keys in " + took.toMillis() + " ms", growth);
        Leftovers.assertNoneIn(this.redis, Duration.ofSeconds(2));
    }

    private void loseConnections(int first, int more, double growth) {
        for (WaiterProcess process : new WaiterProcess[] {this.worker, this.other}) {
            process.takeTurns(KEY, Duration.ofSeconds(2), Duration.ofMillis(1));
            process.awaitTurns(KEY, 1);
        }
        kill(first);
        Gauge before = this.worker.gauge();
        kill(more);
        assertNothingGrew(before, more + " lost connections", growth);
        assertThat(connections()).isLessThanOrEqualTo(2 * CONNECTIONS);
        this.worker.rest();
        this.other.rest();
        Leftovers.assertNoneIn(this.redis, Duration.ofSeconds(2));
    }

    /** Both processes get their turn again each time. */
    private void kill(int times) {
        for (int i = 0; i < times; i++) {
            int turns = this.worker.testimony().turns(KEY);
            int others = this.other.testimony().turns(KEY);
            this.redis.call("CLIENT", "KILL", "TYPE", i % 2 == 0 ? "normal" : "pubsub");
            await().pollInterval(Duration.ofMillis(2))
                    .atMost(Duration.ofSeconds(25))
                    .until(() -> this.worker.testimony().turns(KEY) > turns
                            && this.other.testimony().turns(KEY) > others);
        }
        this.worker.testimony().forget();
        this.other.testimony().forget();
    }

    private void assertNothingGrew(Gauge before, String after, double growth) {
        Gauge now = this.worker.gauge();
        System.out.printf(
                "%s: heap %.1f → %.1f MB, %d → %d threads, %d connections of 2 processes%n",
                after, before.heap() / 1e6, now.heap() / 1e6, before.threads(), now.threads(), connections());
        assertThat((double) now.heap()).isLessThan(before.heap() * growth);
        assertThat(now.threads()).isLessThanOrEqualTo(before.threads() + 2); // who tells of losses comes and goes
    }

    /** But for the one that asks. */
    private long connections() {
        return String.valueOf(this.redis.call("CLIENT", "LIST")).lines().count() - 1;
    }
}
