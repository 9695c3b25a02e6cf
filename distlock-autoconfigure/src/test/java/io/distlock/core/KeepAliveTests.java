package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.ReleaseOutcome;
import io.distlock.RenewalRound;
import io.distlock.WaitingTest;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.redis.RedisLockDriverFactory;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** How long a lease is kept alive, what its holder is told, and who is complained of. */
class KeepAliveTests {

    private static final String KEY = "order:42";

    private static final Duration TTL = Duration.ofSeconds(3);

    private static final LockRequest ORDER = LockRequest.of(KEY).ttl(TTL);

    private static final Duration HOUR = Duration.ofHours(1);

    private static final Logger REPORTS = Logger.getLogger(HolderReport.class.getName());

    private static LettuceConnectionFactory connections;

    private final String prefix = "alive:" + UUID.randomUUID() + ":";

    private final AtomicLong clockSet = new AtomicLong();

    private final Troubles troubles = new Troubles();

    private final List<DistributedLocker> lockers = new ArrayList<>();

    private final Heard heard = new Heard();

    private final DistributedLocker locker = newLocker(Duration.ofMillis(10), this.heard);

    @BeforeAll
    static void connect() {
        TestRedis redis = RedisServers.shared();
        connections = new LettuceConnectionFactory(redis.host(), redis.port());
        connections.afterPropertiesSet();
        connections.start();
    }

    @AfterAll
    static void disconnect() {
        connections.destroy();
    }

    @AfterEach
    void close() {
        this.lockers.forEach(DistributedLocker::close);
    }

    private DistributedLocker newLocker(Duration shutdownGrace, LockListener... listeners) {
        LockerSettings usual = LockerSettings.defaults();
        LockerSettings settings = new LockerSettings(
                "here",
                this.prefix,
                usual.ttl(),
                usual.waitFor(),
                usual.maxTtl(),
                true,
                null,
                Duration.ZERO,
                usual.pollInterval(),
                0,
                usual.passMax(),
                usual.passTime(),
                shutdownGrace);
        Instance instance = Instance.here("alive");
        LockDriver redis = new RedisLockDriverFactory(connections)
                .create(new DriverSettings(
                        "here",
                        this.prefix,
                        instance.id(),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(1),
                        true,
                        Optional.empty()));
        DistributedLocker locker = DistributedLocker.create(
                settings,
                instance,
                this.troubles.between(redis),
                new RandomTokens(instance),
                List.of(listeners),
                null,
                new Clocks(() -> System.currentTimeMillis() + this.clockSet.get()));
        this.lockers.add(locker);
        return locker;
    }

    // for how long

    @WaitingTest
    void aLeaseThatNobodyCanReachIsRenewedNoMoreAndEndsWithItsTtl() {
        this.locker.acquire(ORDER);
        await().pollInterval(Duration.ofMillis(500)).until(() -> {
            System.gc();
            return this.heard.lost.size() == 1;
        });
        assertThat(this.heard.lost.peek().reason()).isEqualTo(LockLost.Reason.EXPIRED);
    }

    @WaitingTest
    void aLeaseThatIsKeptIsRenewed() {
        Lease lease = this.locker.acquire(ORDER);
        await().pollDelay(TTL).until(() -> this.heard.renewed() > 3);
        System.gc();
        await().until(() -> this.heard.renewed() > 5);
        assertThat(lease.isHeld()).isTrue();
    }

    @WaitingTest
    void anAnswerThatComesWhenTheNextRenewalIsOverdueKeepsTheLease() {
        this.locker.acquire(LockRequest.of("warm")).close();
        this.troubles.delayAnswers(TTL.multipliedBy(2).dividedBy(5), "renew");
        Lease lease = this.locker.acquire(ORDER);
        await().until(() -> this.heard.renewed() >= 3);
        assertThat(lease.isHeld()).isTrue();
        assertThat(this.heard.lost).isEmpty();
    }

    @WaitingTest
    void aRenewalIsTriedAgainUntilItSucceeds() {
        Lease lease = this.locker.acquire(ORDER);
        this.troubles.refuseNext(3, "renew");
        await().until(() -> this.heard.renewed() > 5);
        assertThat(lease.isHeld()).isTrue();
        assertThat(this.heard.lost).isEmpty();
    }

    @WaitingTest
    void aLeaseWhoseWorkerHasDiedIsRenewedNoMore() throws Exception {
        LeaseInHand lease = (LeaseInHand) this.locker.acquire(ORDER);
        Thread worker = new Thread(() -> lease.endsWith(Thread.currentThread()));
        worker.start();
        worker.join();
        await().until(() -> this.heard.lost.size() == 1);
        assertThat(lease.isHeld()).isFalse();
    }

    @WaitingTest
    void workThatIsHandedToAnotherThreadOutlivesTheOneThatAsked() throws Exception {
        CompletableFuture<Lease> handedOn = new CompletableFuture<>();
        Thread asker = new Thread(() -> handedOn.complete(this.locker.acquire(ORDER)));
        asker.start();
        asker.join();
        Lease lease = handedOn.join();
        await().pollDelay(TTL).until(() -> this.heard.renewed() > 3);
        assertThat(lease.isHeld()).isTrue();
    }

    @WaitingTest
    void whoHoldsTooLongIsReportedOnceAndWhereItStands() throws Exception {
        Queue<LogRecord> reports = new ConcurrentLinkedQueue<>();
        Handler handler = handler(reports);
        REPORTS.addHandler(handler);
        CountDownLatch lost = new CountDownLatch(1);
        Thread stuck = new Thread(
                () -> assertThatExceptionOfType(LockLostException.class)
                        .isThrownBy(() ->
                                this.locker.run(ORDER.name("stuck").maxHold(Duration.ofMillis(100)), lease -> {
                                    lease.onLost(loss -> lost.countDown());
                                    stuckHere(lost);
                                })),
                "stuck worker");
        stuck.start();
        assertThat(lost.await(20, TimeUnit.SECONDS)).isTrue();
        stuck.join();
        REPORTS.removeHandler(handler);
        List<LogRecord> mine = reports.stream()
                .filter(report -> report.getMessage().contains("(stuck, fence"))
                .toList();
        assertThat(mine).singleElement().satisfies(report -> {
            assertThat(report.getMessage()).contains("'" + KEY + "'", "longer than its max-hold of PT0.1S");
            assertThat(report.getThrown().getMessage()).contains("'stuck worker'");
            assertThat(report.getThrown().getStackTrace())
                    .extracting(StackTraceElement::getMethodName)
                    .contains("stuckHere");
        });
    }

    private static void stuckHere(CountDownLatch until) {
        awaitQuietly(until);
    }

    @WaitingTest
    void aHoldThatIsPassedOnIsRenewedIfTheNextOneWantsIt() throws Exception {
        Lease first = this.locker.acquire(ORDER.autoRenew(false));
        CompletableFuture<Lease> next = this.locker.acquireAsync(ORDER.waitFor(Duration.ofSeconds(20)));
        first.release();
        Lease lease = next.get(20, TimeUnit.SECONDS);
        await().pollDelay(TTL).until(() -> this.heard.renewed() > 3);
        assertThat(lease.isHeld()).isTrue();
    }

    // what the clocks say

    @WaitingTest
    void aClockThatIsSetAheadMakesALeaseUncertainUntilTheNextAnswer() {
        Lease renewed = this.locker.acquire(ORDER.ttl(HOUR));
        Lease alone = this.locker.acquire(LockRequest.of("alone").ttl(HOUR).autoRenew(false));
        Duration validity = alone.validity();
        this.troubles.refuseNext(3, "renew", "ttl");
        this.clockSet.set(HOUR.toMillis());
        for (Lease lease : List.of(renewed, alone)) {
            assertThat(lease.isHeld()).isFalse();
            assertThat(lease.validity()).isZero();
            assertThatExceptionOfType(LockLostException.class)
                    .isThrownBy(lease::ensureHeld)
                    .withMessageContaining("uncertain")
                    .satisfies(doubt -> assertThat(doubt.loss().reason()).isEqualTo(LockLost.Reason.UNCERTAIN));
        }
        this.troubles.refuseNext(0, "renew", "ttl");
        await().until(() -> renewed.isHeld() && alone.isHeld());
        assertThat(alone.validity()).isLessThan(validity).isCloseTo(validity, Duration.ofMinutes(5));
        this.clockSet.set(-HOUR.toMillis());
        assertThat(renewed.isHeld()).isTrue();
        assertThat(alone.isHeld()).isTrue();
        assertThat(this.heard.lost).isEmpty();
        assertThat(renewed.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(alone.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @WaitingTest
    void validityCountsFromBeforeARenewalWasSentHoweverLateItsAnswerComes() {
        Lease lease = this.locker.acquire(ORDER.ttl(HOUR));
        Duration late = Duration.ofSeconds(2);
        this.troubles.delayAnswers(late, "renew");
        this.clockSet.set(HOUR.toMillis());
        assertThat(lease.isHeld()).isFalse();
        await().until(lease::isHeld);
        assertThat(lease.validity())
                .isLessThanOrEqualTo(
                        Duration.ofNanos(Validity.of(HOUR.toNanos())).minus(late));
    }

    @WaitingTest
    void aLeaseThatEndedWhileTheMachineSleptIsLostAtOnce() {
        for (boolean renewed : List.of(true, false)) {
            Lease lease = this.locker.acquire(ORDER.ttl(HOUR).autoRenew(renewed));
            this.locker.release(KEY, lease.token());
            this.heard.lost.clear();
            this.clockSet.addAndGet(HOUR.toMillis());
            assertThat(lease.isHeld()).isFalse();
            await().until(() -> this.heard.lost.size() == 1);
            assertThat(this.heard.lost.peek().reason()).isEqualTo(LockLost.Reason.GONE);
        }
    }

    @WaitingTest
    void theTimerNoticesASleepWithoutBeingAsked() {
        Lease lease = this.locker.acquire(ORDER.ttl(HOUR));
        this.locker.release(KEY, lease.token());
        this.clockSet.set(HOUR.toMillis());
        await().until(() -> this.heard.lost.size() == 1);
    }

    @WaitingTest
    void workThatEndsInDoubtWaitsForTheAnswer() {
        for (boolean renewed : List.of(true, false)) {
            LockRequest request = ORDER.ttl(HOUR).autoRenew(renewed);
            String result = this.locker.execute(request, lease -> {
                this.clockSet.addAndGet(HOUR.toMillis());
                return "done";
            });
            assertThat(result).isEqualTo("done");
            assertThatExceptionOfType(LockLostException.class)
                    .isThrownBy(() -> this.locker.run(request, lease -> {
                        this.locker.release(KEY, lease.token());
                        this.clockSet.addAndGet(HOUR.toMillis());
                    }))
                    .satisfies(lost -> assertThat(lost.loss().reason()).isEqualTo(LockLost.Reason.GONE));
        }
    }

    // who is told

    @WaitingTest
    void aListenerThatSleepsDelaysNeitherRenewalsNorOtherListeners() {
        sleepWhileHolding(1_000, Duration.ZERO);
    }

    @WaitingTest
    @Tag("faults")
    void aListenerMaySleepForTenSeconds() {
        sleepWhileHolding(1_000, Duration.ofSeconds(10));
    }

    private void sleepWhileHolding(int holds, Duration time) {
        CountDownLatch over = new CountDownLatch(1);
        LockListener sleeping = new LockListener() {
            @Override
            public void onLost(LockLost lost) {
                awaitQuietly(over);
            }

            @Override
            public void onRenewals(RenewalRound round) {
                awaitQuietly(over);
            }

            @Override
            public void onReleased(LockEvent event, ReleaseOutcome outcome) {
                awaitQuietly(over);
            }
        };
        Heard awake = new Heard();
        DistributedLocker telling = newLocker(Duration.ofMillis(10), sleeping, awake);
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < holds; i++) {
            leases.add(telling.acquire(LockRequest.of("k" + i).ttl(TTL)));
        }
        Lease released = telling.acquire(LockRequest.of("released"));
        Thread releasing = new Thread(released::release);
        releasing.start();
        for (int i = 0; i < 3; i++) {
            this.locker.release("k" + i, leases.get(i).token());
        }
        await().until(() -> awake.lost.size() == 3);
        int before = awake.renewed();
        await().pollDelay(time).atMost(time.plusSeconds(20)).until(() -> awake.renewed() > before + 3 * holds);
        assertThat(leases.subList(3, holds)).allMatch(Lease::isHeld);
        assertThat(awake.lost).hasSize(3);
        assertThat(releasing.isAlive()).isTrue();
        assertThat(telling.inspect("released")).isEmpty();
        over.countDown();
        leases.forEach(Lease::close);
    }

    private static void awaitQuietly(CountDownLatch over) {
        try {
            over.await();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    @WaitingTest
    void renewalsAreToldWithTheirLag() {
        Lease lease = this.locker.acquire(ORDER);
        await().until(() -> this.heard.renewed() >= 2);
        assertThat(lease.isHeld()).isTrue();
        assertThat(this.heard.rounds).allSatisfy(round -> {
            assertThat(round.locker()).isEqualTo("here");
            assertThat(round.leases()).isEqualTo(1);
            assertThat(round.lag()).isBetween(Duration.ZERO, TTL);
        });
    }

    // closing

    @WaitingTest
    void whatIsStillHeldWhenTheLockerClosesIsToldAndItsKeyStays() {
        Lease lease = this.locker.acquire(ORDER.ttl(HOUR));
        Lease adopted = this.locker
                .adopt(
                        "elsewhere",
                        newLocker(Duration.ZERO).acquire("elsewhere").token(),
                        HOUR)
                .orElseThrow();
        this.locker.close();
        assertThat(lease.isHeld()).isFalse();
        assertThat(adopted.isHeld()).isFalse();
        await().until(() -> this.heard.lost.size() == 2);
        assertThat(this.heard.lost).extracting(LockLost::reason).containsOnly(LockLost.Reason.CLOSED);
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
        assertThat(newLocker(Duration.ZERO).inspect(KEY)).isPresent();
    }

    @WaitingTest
    void closingWaitsForWorkThatEnds() throws Exception {
        DistributedLocker closing = newLocker(Duration.ofSeconds(20), this.heard);
        Lease lease = closing.acquire(ORDER);
        Thread close = new Thread(closing::close);
        close.start();
        await().until(() -> {
            try {
                closing.acquire(LockRequest.of("another")).close();
                return false;
            } catch (LockNotAcquiredException refused) {
                return true;
            }
        });
        await().pollDelay(TTL).until(lease::isHeld);
        assertThat(close.isAlive()).isTrue();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        close.join();
        assertThat(this.heard.lost).isEmpty();
    }

    private static Handler handler(Queue<LogRecord> records) {
        return new Handler() {
            @Override
            public void publish(LogRecord report) {
                records.add(report);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    private static final class Heard implements LockListener {

        private final Queue<LockLost> lost = new ConcurrentLinkedQueue<>();

        private final Queue<RenewalRound> rounds = new ConcurrentLinkedQueue<>();

        @Override
        public void onLost(LockLost loss) {
            this.lost.add(loss);
        }

        @Override
        public void onRenewals(RenewalRound round) {
            this.rounds.add(round);
        }

        private int renewed() {
            return this.rounds.stream().mapToInt(RenewalRound::leases).sum();
        }
    }
}
