package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisSentinel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** One master after the other dies behind Sentinel, every second time with writes that the replica never saw. */
@Tag("faults")
@Isolated("times what processes do")
class FailoverTests {

    private static final int TIMES = 20;

    private static final String KEY = "orders";

    private static final String GUARDED = "guarded";

    private static final Duration TTL = Duration.ofSeconds(2);

    /** For how long writers keep their lock without asking: longer than a fail-over takes. */
    private static final Duration WRITES = Duration.ofSeconds(4);

    private final RedisSentinel sentinel = RedisSentinel.start();

    private final Ledger ledger = Ledger.open();

    private final Workers workers = Workers.start(
            Setting.sentinels(RedisSentinel.MASTER, this.sentinel.sentinels()),
            Setting.WITHOUT_PASSING,
            this.ledger.setting(),
            client());

    private final History history = new History();

    Setting client() {
        return Setting.OVER_LETTUCE;
    }

    @AfterEach
    void close() {
        this.workers.close();
        this.sentinel.close();
        this.ledger.close();
    }

    @Test
    void twentyInARowLeaveNoLockStuckAndFencesGrow() {
        this.workers.begin(KEY, TTL, Duration.ofMillis(5));
        this.workers.forEach(worker -> worker.writeGuarded(GUARDED, TTL, WRITES));
        List<Duration> failovers = new ArrayList<>();
        List<Duration> backs = new ArrayList<>();
        try (Stalls stalls = Stalls.begin()) {
            for (int i = 0; i < TIMES; i++) {
                failOver(i % 2 == 1, failovers, backs);
            }
            this.workers.awaitTurns(KEY, 3);
            this.workers.rest(this.history);
            stalls.seen(this.workers.said().worstStall());
            Duration slowest = failovers.stream().max(Duration::compareTo).orElseThrow();
            System.out.printf(
                    "%d fail-overs %s: another master named after %s ms, somebody served %s ms after that, %d losses told, two believed at"
                            + " once for %d ms at worst, %d stale writes refused; machine stood still for %d ms%n",
                    TIMES,
                    client().argument(),
                    millis(failovers),
                    millis(backs),
                    this.workers.said().losses(),
                    this.history.worstOverlap().toMillis(),
                    this.workers.said().stale(),
                    stalls.worst().toMillis());
            this.history.assertFencesGrow();
            this.workers.said().assertEveryLossWasToldOnce();
            this.ledger.assertNoStaleWrite();
            assertThat(this.workers.said().stale())
                    .as("writes refused of those whose lock the replica never saw")
                    .isPositive();
            stalls.unlessLongerThan(TTL.dividedBy(10), () -> {
                assertThat(this.history.worstOverlap())
                        .isLessThan(TTL.dividedBy(3).plus(slowest).plus(Stage.SLACK));
                assertThat(backs)
                        .allSatisfy(back -> assertThat(back)
                                .isLessThan(Duration.ofSeconds(1).plus(Stage.SLACK)));
            });
            Leftovers.assertNoneIn(this.sentinel.master(), TTL);
        }
    }

    private void failOver(boolean withLostWrites, List<Duration> failovers, List<Duration> backs) {
        PrivateRedis master = this.sentinel.master();
        if (withLostWrites) {
            this.sentinel.stopReplication();
            this.workers.awaitTurns(KEY, 1);
            this.workers.awaitAnotherWriter();
        }
        long killed = System.nanoTime();
        master.kill();
        PrivateRedis promoted = this.sentinel.awaitPromotion(master);
        long writable = System.nanoTime();
        this.sentinel.awaitOtherMaster(master);
        long named = System.nanoTime();
        this.workers.awaitTurns(KEY, 1);
        failovers.add(Duration.ofNanos(named - killed));
        backs.add(Duration.ofNanos(
                Math.max(0, writable + this.workers.firstTurn(KEY, writable).toNanos() - named)));
        this.sentinel.rejoin(master, promoted);
    }

    private static List<Long> millis(List<Duration> times) {
        return times.stream().map(Duration::toMillis).sorted().toList();
    }
}
