package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.RenewalRound;
import io.distlock.faults.Testimony.Turn;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** For how long a holder believes, against what Redis keeps. */
@Isolated("times what happens")
class BeliefTests {

    private static final Duration TTL = Duration.ofMillis(1500);

    private final PrivateRedis redis = RedisServers.start();

    private final List<AutoCloseable> started = new ArrayList<>();

    private <T extends AutoCloseable> T started(T started) {
        this.started.add(started);
        return started;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : this.started) {
            one.close();
        }
        this.redis.close();
    }

    @Test
    void aHolderThatSleptForTwoTtlsNeverBelievesAgainAndIsToldAtOnce() {
        WaiterProcess sleeper = started(
                        WaiterProcess.start("sleeper", Setting.redis(this.redis), Setting.WITHOUT_PASSING))
                .awaitReady();
        sleeper.take("orders", TTL, Duration.ofMinutes(5));
        sleeper.awaitTurns("orders", 1);
        await().pollDelay(TTL).until(() -> true); // renewed by now
        sleeper.freeze();
        long frozen = System.nanoTime();
        await().pollDelay(TTL.multipliedBy(2)).until(() -> true);
        long thawed = System.nanoTime();
        sleeper.thaw();
        Testimony said = sleeper.testimony();
        await().until(() -> said.outcomes().size() == 1 && said.losses().size() == 1);
        Span belief = said.spans().get(0);
        long stopped = frozen + TTL.toNanos() / 10; // the signal reaches a running thread a little later
        assertThat(belief.until()).as("last time that isHeld said yes").isLessThan(stopped);
        long told = said.losses().get(Turn.of(belief)).get(0) - thawed;
        System.out.printf("told of the loss %d ms after the process went on%n", told / 1_000_000);
        // a tenth of a second, and what a busy machine adds; who is told by the answer to the next renewal is told
        // later
        assertThat(Duration.ofNanos(told).minus(said.worstStall())).isLessThan(Duration.ofMillis(100 + 150));
    }

    @Test
    void aKeyOutlivesWhatItsHolderBelievesByTheGrace() {
        Duration grace = Duration.ofMillis(500);
        RunningInstance holding =
                started(RunningInstance.with(this.redis).ttl(TTL).grace(grace).start());
        RunningInstance next = started(RunningInstance.on(this.redis));
        for (boolean renewed : List.of(false, true)) {
            long clocks = wallAhead();
            Lease lease = holding.locker()
                    .acquire(LockRequest.of("orders").autoRenew(renewed).maxHold(Duration.ofMillis(600)));
            Caller caller = Caller.of(next, LockRequest.of("orders"));
            long believed = System.nanoTime();
            while (lease.isHeld()) {
                believed = System.nanoTime();
                Thread.onSpinWait();
            }
            Lease later = caller.lease();
            Duration alone = Duration.ofNanos(System.nanoTime() - believed);
            assumeThat(wallAhead() - clocks)
                    .as("ms by which the clock of this machine, and so of Redis, was set ahead meanwhile")
                    .isLessThan(20);
            assertThat(alone).isGreaterThanOrEqualTo(grace);
            assertThat(later.release()).hasToString("RELEASED");
        }
    }

    private static long wallAhead() {
        return System.currentTimeMillis() - System.nanoTime() / 1_000_000;
    }

    @Test
    @Tag("faults")
    void fiveThousandLeasesAreKeptAndFiveHundredWaitersServedWhileAllProcessorsAreBusy() {
        Queue<LockLost> losses = new ConcurrentLinkedQueue<>();
        Queue<Duration> lags = new ConcurrentLinkedQueue<>();
        RunningInstance instance = started(RunningInstance.with(this.redis)
                .ttl(Duration.ofSeconds(10))
                .listener(new LockListener() {
                    @Override
                    public void onLost(LockLost lost) {
                        losses.add(lost);
                    }

                    @Override
                    public void onRenewals(RenewalRound round) {
                        lags.add(round.lag());
                    }
                })
                .start());
        RunningInstance other = started(RunningInstance.on(this.redis));
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            leases.add(instance.locker().acquire("order:" + i));
        }
        AtomicBoolean over = new AtomicBoolean();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread busy = new Thread(() -> {
                while (!over.get()) {
                    Thread.onSpinWait();
                }
            });
            busy.setDaemon(true);
            busy.start();
        }
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        Lease awaited = instance.locker().acquire("awaited");
        List<Caller> waiters = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            waiters.add(Caller.of(
                    i % 2 == 0 ? instance : other, LockRequest.of("awaited").waitFor(Duration.ofMinutes(1))));
        }
        await().atMost(Duration.ofSeconds(25)).until(() -> waiters.stream().allMatch(Caller::isParked));
        waiters.forEach(waiter -> waiter.answer().thenAccept(Lease::release));
        awaited.release();
        waiters.forEach(Caller::lease);
        await().atMost(Duration.ofSeconds(90)).until(() -> System.nanoTime() - end > 0);
        over.set(true);
        System.out.printf(
                "5000 leases, %d rounds, worst lag %s%n",
                lags.size(), lags.stream().max(Comparator.naturalOrder()));
        assertThat(losses).isEmpty();
        assertThat(leases).allMatch(Lease::isHeld);
        leases.forEach(Lease::close);
        Leftovers.assertNoLockIn(this.redis, TTL);
    }
}
