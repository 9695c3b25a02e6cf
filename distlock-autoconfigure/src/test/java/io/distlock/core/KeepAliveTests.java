package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

import io.distlock.BoundLease;
import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.RenewalRound;
import io.distlock.WaitingTest;
import io.distlock.WhenLost;
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
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.test.util.ReflectionTestUtils;

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
        return newLocker("here", shutdownGrace, listeners);
    }

    private DistributedLocker newLocker(String name, Duration shutdownGrace, LockListener... listeners) {
        LockerSettings usual = LockerSettings.defaults();
        LockerSettings settings = new LockerSettings(
                name,
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
                        name,
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
        try (Reports reports = new Reports("forgotten")) {
            this.locker.acquire(ORDER.name("forgotten"));
            await().pollInterval(Duration.ofMillis(500)).until(() -> {
                System.gc();
                return this.heard.lost.size() == 1;
            });
            assertThat(this.heard.lost.peek().reason()).isEqualTo(LockLost.Reason.EXPIRED);
            assertThat(reports.all)
                    .singleElement()
                    .satisfies(report -> assertThat(report.getMessage())
                            .contains(
                                    "'" + KEY + "'",
                                    "nothing refers to its lease",
                                    "Keep the Lease until it is closed"));
        }
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
        Duration ttl = TTL.multipliedBy(2); // other tests collect all garbage meanwhile, again and again
        this.troubles.delayAnswers(ttl.multipliedBy(2).dividedBy(5), "renew");
        Lease lease = this.locker.acquire(ORDER.ttl(ttl));
        await().atMost(Duration.ofSeconds(20)).until(() -> this.heard.renewed() >= 2);
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
        try (Reports reports = new Reports("orphaned")) {
            BoundLease lease = (BoundLease) this.locker.acquire(ORDER.name("orphaned"));
            Thread worker = new Thread(() -> lease.endsWith(Thread.currentThread()));
            worker.start();
            worker.join();
            await().until(() -> this.heard.lost.size() == 1);
            assertThat(lease.isHeld()).isFalse();
            assertThat(reports.all)
                    .singleElement()
                    .satisfies(report -> assertThat(report.getMessage())
                            .contains("'" + KEY + "'", "the thread that worked under it has died"));
        }
    }

    /** A thread leaves such a call without giving its lease back only by an error in between, which no test can time. */
    @WaitingTest
    void workOfExecuteAndRunIsOverWithTheThreadThatDoesIt() throws Exception {
        LockRequest several = LockRequest.of("one", "two").ttl(TTL);
        Queue<Lease> leases = new ConcurrentLinkedQueue<>();
        Thread worker = new Thread(() -> {
            this.locker.execute(ORDER, leases::add);
            this.locker.run(ORDER, leases::add);
            this.locker.run(several, leases::add);
            leases.forEach(lease -> assertThat(orphaned(lease)).isFalse());
        });
        worker.start();
        worker.join();
        assertThat(leases).hasSize(3).allMatch(KeepAliveTests::orphaned);
        try (Lease free = this.locker.acquire(ORDER)) {
            assertThat(orphaned(free)).isFalse();
        }
    }

    private static boolean orphaned(Lease lease) {
        Object inHand =
                lease instanceof KeysLease ? ((List<?>) ReflectionTestUtils.getField(lease, "parts")).get(1) : lease;
        return ((KeyLease) ReflectionTestUtils.getField(inHand, "lease")).isOrphaned();
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
        Reports reports = new Reports("stuck");
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
        reports.close();
        assertThat(reports.all).singleElement().satisfies(report -> {
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
    void aReportThatFailsKeepsNobodyFromBeingTold() {
        Handler broken = handler(report -> {
            if (report.getMessage().contains("(broken, fence")) {
                throw new IllegalStateException("made by the test");
            }
        });
        REPORTS.addHandler(broken);
        try {
            this.locker.acquire(ORDER.name("broken").maxHold(Duration.ofMillis(100)));
            await().until(() -> this.heard.lost.size() == 1);
        } finally {
            REPORTS.removeHandler(broken);
        }
    }

    @WaitingTest
    void renewalsThatFailAreLoggedOnceWhoeverElseIsRenewedWell() {
        Queue<LogRecord> reports = new ConcurrentLinkedQueue<>();
        Handler handler = handler(reports::add);
        Logger logger = Logger.getLogger(RenewalTrouble.class.getName());
        logger.addHandler(handler);
        try {
            Lease well = this.locker.acquire(LockRequest.of("well").ttl(TTL));
            this.troubles.refuseRenewalsOf("ill");
            Lease ill = this.locker.acquire(LockRequest.of("ill").ttl(TTL));
            await().until(() -> !ill.isHeld());
            assertThat(well.isHeld()).isTrue();
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(reports.stream().filter(report -> report.getMessage().contains("made by the test for ill")))
                .singleElement()
                .satisfies(report -> assertThat(report.getMessage()).startsWith("Renewals fail"));
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

    @WaitingTest
    void whatEndsInDoubtIsMadeFinalOnlyAfterTheAnswer() {
        for (boolean renewed : List.of(true, false)) {
            Lease lease = this.locker.acquire(ORDER.ttl(HOUR).autoRenew(renewed));
            try (LeaseScope scope = LeaseScope.open(lease)) {
                assertThat(scope.lease()).isSameAs(lease);
                this.troubles.refuseNext(1_000, "renew");
                this.clockSet.addAndGet(HOUR.toMillis());
                assertThatNoException().isThrownBy(LeaseScope::ensureAllHeld);
                assertThat(lease.isHeld()).isTrue();

                this.clockSet.addAndGet(HOUR.toMillis());
                this.troubles.refuseNext(1_000, "ttl");
                assertThatExceptionOfType(LockLostException.class)
                        .isThrownBy(LeaseScope::ensureAllHeld)
                        .satisfies(doubt -> assertThat(doubt.loss().reason()).isEqualTo(LockLost.Reason.UNCERTAIN));

                this.locker.release(KEY, lease.token());
                this.troubles.refuseNext(0, "ttl");
                assertThatExceptionOfType(LockLostException.class)
                        .isThrownBy(LeaseScope::ensureAllHeld)
                        .satisfies(lost -> assertThat(lost.loss().reason()).isEqualTo(LockLost.Reason.GONE));
            }
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

    /** So many in a row may meet a moment in which a busy machine does not answer in time. */
    private static Lease acquireWhenAnswered(DistributedLocker locker, LockRequest request) {
        return await().ignoreException(LockUnavailableException.class)
                .until(() -> locker.acquire(request), Lease::isHeld);
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
            leases.add(acquireWhenAnswered(telling, LockRequest.of("k" + i).ttl(TTL)));
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

    @WaitingTest
    void slowActionsOfManyLeasesKeepOnlyEachOtherWaiting() {
        CountDownLatch over = new CountDownLatch(1);
        Heard others = new Heard();
        DistributedLocker slow = newLocker("slow", Duration.ofMillis(10), others);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CountDownLatch working = new CountDownLatch(1);
        Thread worker = new Thread(() -> assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> slow.run(ORDER.whenLost(WhenLost.INTERRUPT), lease -> {
                    working.countDown();
                    awaitQuietly(over);
                    interrupted.complete(Thread.currentThread().isInterrupted());
                })));
        worker.start();
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Lease lease = slow.acquire(LockRequest.of("k" + i).ttl(TTL));
            lease.onLost(loss -> awaitQuietly(over));
            leases.add(lease);
        }
        awaitQuietly(working);
        Lease kept = slow.acquire(LockRequest.of("kept").ttl(TTL));
        leases.forEach(lease -> this.locker.release(lease.key(), lease.token()));
        await().until(() -> others.lost.size() == leases.size());
        long threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("distlock-slow-tell"))
                .count();
        assertThat(threads).as("threads that tell").isLessThan(70);
        assertThat(kept.isHeld()).isTrue();
        this.locker.inspect(KEY).ifPresent(held -> this.locker.release(KEY, wholeToken(KEY)));
        assertThat(interrupted).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(true);
        over.countDown();
    }

    private String wholeToken(String key) {
        return String.valueOf(RedisServers.shared().call("GET", this.prefix + key));
    }

    @WaitingTest
    void anActionThatIsNoneIsRefusedAtOnce() {
        for (LockRequest request : List.of(ORDER, LockRequest.of("one", "two").ttl(TTL))) {
            Lease lease = this.locker.acquire(request);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> lease.onLost(null))
                    .withMessageContainingAll(lease.key(), "must not be null");
            lease.keys().forEach(key -> this.locker.release(key, wholeToken(key)));
            assertThat(lease.release()).isEqualTo(ReleaseOutcome.EXPIRED);
        }
        await().until(() -> this.heard.lost.size() == 3);
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

    @WaitingTest
    void aRenewalThatGoesOutLateSaysSo() {
        this.locker.acquire(ORDER);
        Duration standstill = Duration.ofMillis(600);
        this.troubles.holdUpNext(1, standstill, "renew");
        // due, at a third of its ttl, while the timer is held up by the first
        Lease second = this.locker.acquire(LockRequest.of("second").ttl(TTL.plus(standstill)));
        await().until(() -> this.heard.renewed() >= 2);
        assertThat(this.heard.rounds)
                .anySatisfy(round -> assertThat(round.lag()).isGreaterThan(Duration.ofMillis(100)));
        assertThat(second.isHeld()).isTrue();
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

    /** What is complained of those who hold a lock of that name. */
    private static final class Reports implements AutoCloseable {

        private final Queue<LogRecord> all = new ConcurrentLinkedQueue<>();

        private final Handler handler;

        private Reports(String name) {
            this.handler = handler(report -> {
                if (report.getMessage().contains("(" + name + ", fence")) {
                    this.all.add(report);
                }
            });
            REPORTS.addHandler(this.handler);
        }

        @Override
        public void close() {
            REPORTS.removeHandler(this.handler);
        }
    }

    private static Handler handler(Consumer<LogRecord> reader) {
        return new Handler() {
            @Override
            public void publish(LogRecord report) {
                reader.accept(report);
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
