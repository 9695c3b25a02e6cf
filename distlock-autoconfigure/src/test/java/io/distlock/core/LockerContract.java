package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.notNullValue;

import io.distlock.Cases;
import io.distlock.Lease;
import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.ReleaseOutcome;
import io.distlock.TokenGenerator;
import io.distlock.WaitingTest;
import io.distlock.WhenLost;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What callers may rely on, over any store: the cases that earlier lock libraries found worth testing, on one store and
 * one key. {@code docs/cases.md} says which is which. A driver's test extends it, says how a driver is made and how time
 * passes, and leaves out nothing.
 */
public abstract class LockerContract {

    private static final String KEY = "order:42";

    private static final Duration LONG = Duration.ofHours(1);

    /** A time to wait for the end of. */
    private static final Duration SHORT = Duration.ofMillis(250);

    private static final LockRequest REQUEST = LockRequest.of(KEY).ttl(LONG).autoRenew(false);

    private static final LockRequest TRY = REQUEST.waitFor(Duration.ZERO);

    /** For waits that are meant to succeed. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String prefix = "locker:" + UUID.randomUUID() + ":";

    private final List<DistributedLocker> lockers = new ArrayList<>();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    private final Troubles troubles = new Troubles();

    private final Events events = new Events();

    private Locker locker;

    private Locker other;

    /** Makes a driver; all that one test makes work on the same store. Lockers close it. */
    protected abstract LockDriver create(DriverSettings settings);

    /** Lets so much time pass, at least. The only place of a test where anything may sleep. */
    protected abstract void elapse(Duration time);

    /** Whether the store shows who waits; those who poll are known to nobody but themselves. */
    protected boolean keepsLine() {
        return true;
    }

    @BeforeEach
    void createLockers() {
        this.locker = newLocker("here", null, this.troubles, this.events);
        this.other = newLocker("there", null, new Troubles());
    }

    @AfterEach
    void closeLockers() throws InterruptedException {
        this.threads.shutdownNow();
        assertThat(this.threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        this.lockers.forEach(DistributedLocker::close);
    }

    private Locker newLocker(String name, TokenGenerator tokens, Troubles troubles, LockListener... listeners) {
        LockerSettings defaults = LockerSettings.defaults();
        LockerSettings settings = new LockerSettings(
                name,
                this.prefix,
                defaults.ttl(),
                defaults.waitFor(),
                defaults.maxTtl(),
                true,
                null,
                Duration.ZERO,
                defaults.pollInterval(),
                0,
                defaults.passMax(),
                defaults.passTime(),
                Duration.ofMillis(10));
        Instance instance = Instance.here(name);
        LockDriver driver = troubles.between(create(new DriverSettings(
                name, this.prefix, instance.id(), Duration.ofSeconds(3), Duration.ofHours(1), true, Optional.empty())));
        DistributedLocker made = DistributedLocker.create(
                settings, instance, driver, tokens == null ? new RandomTokens(instance) : tokens, List.of(listeners));
        this.lockers.add(made);
        made.inspect(KEY); // connected from here on: what follows need not wait for that
        return made;
    }

    // taking

    @WaitingTest
    @Cases({"FX-1", "BS-2", "RP-1", "RP-7", "GC-11"})
    void aFreeKeyIsGrantedToWhoDoesNotWait() {
        Lease lease = this.locker.tryAcquire(TRY).orElseThrow();
        assertThat(lease.isHeld()).isTrue();
        assertThatCode(lease::ensureHeld).doesNotThrowAnyException();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(this.locker.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    @Cases({"BS-1", "GC-1", "RS-11"})
    void aLeaseKnowsItsKeyTokenFenceAndValidity() {
        Lease lease = this.locker.acquire(TRY);
        assertThat(lease.key()).isEqualTo(KEY);
        assertThat(lease.keys()).containsExactly(KEY);
        assertThat(lease.token()).matches("here@.+/\\d+:[A-Za-z0-9_-]{22}");
        assertThat(lease.fencingToken()).isPositive().isEqualTo(lease.fencingToken(KEY));
        assertThatIllegalArgumentException().isThrownBy(() -> lease.fencingToken("another"));
        assertThat(lease.ttl()).hasValueSatisfying(ttl -> assertAbout(ttl, LONG));
        assertThat(lease.validity()).isLessThan(LONG.minus(LONG.dividedBy(100))).isGreaterThan(LONG.dividedBy(2));
        assertThat(this.other.tryAcquire(TRY)).isEmpty();
        lease.close();
        assertThat(this.other.tryAcquire(TRY)).isPresent();
    }

    @WaitingTest
    @Cases({"RN-1", "BS-45"})
    void theNextGrantHasALargerFence() {
        long last = 0;
        for (Locker next : List.of(this.locker, this.other, this.other, this.locker)) {
            Lease lease = next.acquire(TRY);
            assertThat(lease.fencingToken()).isGreaterThan(last);
            last = lease.fencingToken();
            lease.close();
        }
        Lease expired = expired(this.locker.acquire(TRY));
        assertThat(expired.fencingToken()).isGreaterThan(last);
        assertThat(this.other.acquire(TRY).fencingToken()).isGreaterThan(expired.fencingToken());
    }

    @WaitingTest
    @Cases({"RS-4", "RP-2", "GC-5", "GC-14", "BS-17", "RN-A7"})
    void aHeldKeyIsRefusedAtOnceToWhoDoesNotWait() {
        this.locker.acquire(TRY);
        long start = System.nanoTime();
        assertThat(this.other.tryAcquire(TRY)).isEmpty();
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.other.acquire(TRY))
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(Reason.BUSY));
        assertThat(since(start)).isLessThan(Duration.ofSeconds(5));
        assertThat(this.locker.tryAcquire(TRY)).isEmpty();
    }

    @WaitingTest
    @Cases({"FX-3", "RN-3", "BS-6", "BS-7"})
    void aHeldKeyIsRefusedAfterTheWholeWaitWithWhoHoldsIt() {
        Lease holder = this.locker.acquire(TRY);
        Duration wait = Duration.ofMillis(200);
        long start = System.nanoTime();
        assertThat(this.other.tryAcquire(REQUEST.waitFor(wait).ttl(Duration.ofSeconds(1))))
                .isEmpty();
        assertThat(since(start)).isGreaterThanOrEqualTo(wait);
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.other.acquire(REQUEST.waitFor(wait)))
                .satisfies(refused -> {
                    assertThat(refused.reason()).isEqualTo(Reason.BUSY);
                    assertThat(refused.waited()).isBetween(wait, wait.plusSeconds(5));
                    assertThat(refused.keys()).containsExactly(KEY);
                    assertThat(refused).hasMessageContainingAll("'" + KEY + "'", "here@");
                    assertThat(refused.holder()).hasValueSatisfying(state -> {
                        assertThat(state.key()).isEqualTo(KEY);
                        assertThat(state.instance()).startsWith("here@");
                        assertThat(state.fencingToken()).hasValue(holder.fencingToken());
                        assertThat(state.remaining()).isPresent();
                    });
                });
        assertThat(this.locker.inspect(KEY).orElseThrow().waiting()).isEmpty();
    }

    @WaitingTest
    @Cases("FX-5")
    void theWaitMayBeAsLongAsTheTtlOrLonger() {
        Duration ttl = Duration.ofSeconds(10);
        this.locker.acquire(TRY).close();
        this.other.acquire(REQUEST.ttl(ttl).waitFor(ttl)).close();
        this.other.acquire(REQUEST.ttl(ttl).waitFor(ttl.multipliedBy(3))).close();
    }

    @ParameterizedTest
    @Cases({"FX-8", "BS-27", "BS-28"})
    @ValueSource(strings = {"PT0S", "PT0.001S", "PT0.009999S", "PT-1S"})
    void aTtlThatIsNoneIsRefusedWithTheValue(Duration ttl) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockRequest.of(KEY).ttl(ttl))
                .withMessageContainingAll("ttl", ttl.toString());
        Lease lease = this.locker.acquire(TRY);
        assertThatIllegalArgumentException().isThrownBy(() -> lease.extend(ttl)).withMessageContaining("ttl");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> this.locker.extend(KEY, lease.token(), ttl))
                .withMessageContaining("ttl");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> this.locker.adopt(KEY, lease.token(), ttl))
                .withMessageContaining("ttl");
        assertThat(lease.ttl()).hasValueSatisfying(left -> assertAbout(left, LONG));
    }

    @WaitingTest
    void aTtlBeyondWhatTheLockerAllowsIsRefusedWithTheRemedy() {
        Duration ttl = Duration.ofHours(25);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> this.locker.acquire(TRY.ttl(ttl)))
                .withMessageContainingAll("ttl", ttl.toString(), "distlock.max-ttl", KEY);
        Lease lease = this.locker.acquire(TRY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lease.extend(ttl))
                .withMessageContaining("distlock.max-ttl");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> this.locker.extend(KEY, lease.token(), ttl))
                .withMessageContaining("distlock.max-ttl");
        assertThat(lease.ttl()).hasValueSatisfying(left -> assertAbout(left, LONG));
    }

    @WaitingTest
    @Cases("FX-11")
    void ofTwoThatDoNotWaitExactlyOneGetsIt() throws Exception {
        List<Future<Optional<Lease>>> tries =
                together(() -> this.locker.tryAcquire(TRY), () -> this.other.tryAcquire(TRY));
        assertThat(outcomes(tries)).filteredOn(Optional::isPresent).hasSize(1);
    }

    @WaitingTest
    @Cases("FX-12")
    void ofTwoThatWaitBothGetItInTurn() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        Callable<Boolean> work = () -> {
            elapse(SHORT);
            return true;
        };
        List<Future<Boolean>> calls = together(
                () -> guarded(this.locker, REQUEST.waitFor(PATIENCE), inside, work),
                () -> guarded(this.other, REQUEST.waitFor(PATIENCE), inside, work));
        assertThat(outcomes(calls)).containsExactly(true, true);
    }

    @WaitingTest
    @Cases("RN-2")
    void aWaiterIsBlockedUntilTheRelease() throws Exception {
        Lease holder = this.locker.acquire(TRY);
        Future<Lease> waiter = this.threads.submit(() -> this.other.acquire(REQUEST.waitFor(PATIENCE)));
        awaitWaiting(1);
        elapse(Duration.ofMillis(40));
        assertThat(waiter).isNotDone();
        holder.close();
        assertThat(waiter.get(10, TimeUnit.SECONDS).fencingToken()).isGreaterThan(holder.fencingToken());
    }

    @WaitingTest
    @Cases({"BS-5", "BS-38", "BS-39"})
    void aWaiterGetsTheKeyWhenTheHolderExpires() {
        Lease holder = this.locker.acquire(TRY);
        holder.extend(SHORT);
        Lease next = this.other.acquire(REQUEST.waitFor(PATIENCE));
        assertThat(next.isHeld()).isTrue();
        assertThat(holder.isHeld()).isFalse();
    }

    @WaitingTest
    @Cases({"RN-6", "GC-6"})
    void anotherGetsTheKeyAfterTheTtl() {
        Lease late = expired(this.locker.acquire(TRY));
        Lease next = this.other.tryAcquire(TRY).orElseThrow();
        assertThat(next.token()).isNotEqualTo(late.token());
    }

    @WaitingTest
    @Cases({"BS-8", "RP-14"})
    void ofAHundredAtOnceExactlyOneGetsIt() throws Exception {
        List<Callable<Optional<Lease>>> tries = IntStream.range(0, 100)
                .<Callable<Optional<Lease>>>mapToObj(i -> () -> (i % 2 == 0 ? this.locker : this.other).tryAcquire(TRY))
                .toList();
        assertThat(outcomes(together(tries))).filteredOn(Optional::isPresent).hasSize(1);
    }

    @WaitingTest
    @Cases("RS-2")
    void ofEightLockersNoTwoAreEverInsideAndAllSucceed() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        int[] unguarded = {0};
        List<Callable<Boolean>> calls = IntStream.range(0, 8)
                .mapToObj(i -> newLocker("locker-" + i, null, new Troubles()))
                .<Callable<Boolean>>map(one -> () -> {
                    for (int i = 0; i < 20; i++) {
                        guarded(one, REQUEST.waitFor(PATIENCE), inside, () -> unguarded[0]++);
                    }
                    return true;
                })
                .toList();
        assertThat(outcomes(together(calls))).hasSize(8).containsOnly(true);
        assertThat(unguarded[0]).isEqualTo(160);
    }

    @WaitingTest
    @Cases("RP-13")
    void ofFiftyContendersThoseWhosePatienceEndsSeeThatItIsBusy() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        Duration held = Duration.ofMillis(100);
        Duration patience = Duration.ofSeconds(1);
        List<Callable<Boolean>> calls = IntStream.range(0, 50)
                .<Callable<Boolean>>mapToObj(i -> () -> {
                    try {
                        return guarded(i % 2 == 0 ? this.locker : this.other, REQUEST.waitFor(patience), inside, () -> {
                            elapse(held);
                            return true;
                        });
                    } catch (LockNotAcquiredException refused) {
                        assertThat(refused.reason()).isEqualTo(Reason.BUSY);
                        assertThat(refused.waited()).isGreaterThanOrEqualTo(patience);
                        return false;
                    }
                })
                .toList();
        // eleven if nothing costs time; fewer where the machine has other things to do
        assertThat(outcomes(together(calls))).filteredOn(got -> got).hasSizeBetween(2, 12);
    }

    @WaitingTest
    void aSecondAcquireOnTheSameThreadWaitsLikeAnybodyElse() {
        Lease lease = this.locker.acquire(TRY);
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.locker.acquire(REQUEST.waitFor(Duration.ofMillis(50))))
                .withMessageContainingAll(KEY, "this very thread", "@DistributedLock");
        assertThat(lease.isHeld()).isTrue();
    }

    // working

    @WaitingTest
    @Cases("RN-4")
    void workRunsOnceIsRenewedAndFreesTheKey() {
        AtomicInteger ran = new AtomicInteger();
        String result = this.locker.execute(TRY.ttl(Duration.ofSeconds(3)).autoRenew(true), lease -> {
            elapse(Duration.ofSeconds(4));
            ran.incrementAndGet();
            assertThat(lease.isHeld()).isTrue();
            assertThat(this.other.tryAcquire(TRY)).isEmpty();
            return "done";
        });
        assertThat(result).isEqualTo("done");
        assertThat(ran).hasValue(1);
        assertThat(this.locker.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    @Cases("RN-A1")
    void workThatThrowsFreesTheKeyAndIsRenewedNoMore() {
        IllegalStateException failure = new IllegalStateException("work");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> this.locker.run(TRY.ttl(Duration.ofSeconds(2)).autoRenew(true), lease -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(this.locker.inspect(KEY)).isEmpty();
        int renewals = this.troubles.asked("renew");
        elapse(Duration.ofSeconds(1));
        assertThat(this.troubles.asked("renew")).isEqualTo(renewals);
        assertThat(this.locker.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    @Cases("RN-A2")
    void workWhoseLockIsStolenIsToldAndFails() {
        AtomicReference<LockLost> told = new AtomicReference<>();
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> this.locker.run(TRY.ttl(Duration.ofSeconds(3)).autoRenew(true), lease -> {
                    lease.onLost(told::set);
                    steal(lease);
                    await().untilAtomic(told, notNullValue());
                    assertThat(lease.isHeld()).isFalse();
                }))
                .satisfies(lost -> assertThat(lost.loss()).isEqualTo(told.get()));
        assertThat(told.get().reason()).isEqualTo(LockLost.Reason.TAKEN);
        assertThat(told.get().keys()).containsExactly(KEY);
        assertThat(this.other.inspect(KEY).orElseThrow().instance()).startsWith("there@");
    }

    @WaitingTest
    @Cases("BS-40")
    void workWhoseLockIsStolenIsInterruptedWhereAskedFor() {
        AtomicBoolean interrupted = new AtomicBoolean();
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> this.locker.run(
                        TRY.ttl(Duration.ofSeconds(3)).autoRenew(true).whenLost(WhenLost.INTERRUPT), lease -> {
                            steal(lease);
                            try {
                                new CountDownLatch(1).await(20, TimeUnit.SECONDS);
                            } catch (InterruptedException told) {
                                interrupted.set(true);
                            }
                        }));
        assertThat(interrupted).isTrue();
        assertThat(Thread.interrupted()).isFalse();
    }

    @WaitingTest
    void theWorksOwnExceptionWinsAndTellsOfTheLoss() {
        IllegalStateException failure = new IllegalStateException("work");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> this.locker.run(TRY, lease -> {
                    expired(lease);
                    throw failure;
                }))
                .isSameAs(failure)
                .satisfies(thrown ->
                        assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(LockLostException.class));
    }

    @WaitingTest
    void workThatOnlyWantsToBeToldKeepsItsResult() {
        String result = this.locker.execute(TRY.whenLost(WhenLost.REPORT), lease -> {
            expired(lease);
            return "done";
        });
        assertThat(result).isEqualTo("done");
        await().until(() -> !this.events.lost.isEmpty());
    }

    @WaitingTest
    @Cases("RN-A3")
    void anInterruptedWorkerStillFreesTheKey() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        Future<Boolean> worker = this.threads.submit(() -> this.locker.execute(TRY, lease -> {
            working.countDown();
            try {
                new CountDownLatch(1).await();
                return false;
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                return true;
            }
        }));
        working.await();
        this.threads.shutdownNow();
        assertThat(worker.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(this.other.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    @Cases({"RN-A4", "BS-12", "RS-A6"})
    void renewalsThatFailInBetweenCostNothing() {
        Lease lease = this.locker.acquire(TRY.ttl(Duration.ofSeconds(3)).autoRenew(true));
        this.troubles.refuseNext(3, "renew");
        elapse(Duration.ofSeconds(5));
        assertThat(this.troubles.asked("renew")).isGreaterThan(3);
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.ttl()).isPresent();
        assertThat(this.events.lost).isEmpty();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @WaitingTest
    void aLeaseThatCannotBeRenewedIsLostBeforeAnybodyElseCanHaveTheKey() {
        Lease lease = this.locker.acquire(TRY.ttl(Duration.ofSeconds(3)).autoRenew(true));
        this.troubles.refuseNext(1_000_000, "renew");
        await().until(() -> !lease.isHeld());
        assertThat(lease.ttl().map(Duration::isNegative)).isNotEqualTo(Optional.of(true));
        await().until(() -> !this.events.lost.isEmpty());
        assertThat(this.events.lost)
                .singleElement()
                .extracting(LockLost::reason)
                .isEqualTo(LockLost.Reason.EXPIRED);
        assertThatExceptionOfType(LockLostException.class).isThrownBy(lease::ensureHeld);
        assertThat(this.other.tryAcquire(REQUEST.waitFor(PATIENCE))).isPresent();
    }

    @WaitingTest
    void aLeaseIsRenewedNoLongerThanItsMaxHold() {
        Lease lease = this.locker.acquire(
                TRY.ttl(Duration.ofSeconds(3)).autoRenew(true).maxHold(Duration.ofMillis(500)));
        this.other.acquire(REQUEST.waitFor(PATIENCE));
        assertThat(lease.isHeld()).isFalse();
    }

    // extending

    @WaitingTest
    @Cases({"FX-2", "BS-10", "RS-3", "RP-17"})
    void anExtensionRightAfterTheGrantSucceeds() {
        Lease lease = this.locker.acquire(TRY.ttl(Duration.ofSeconds(30)));
        assertThat(lease.extend(LONG)).isTrue();
        assertThat(lease.ttl()).hasValueSatisfying(ttl -> assertAbout(ttl, LONG));
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.validity()).isGreaterThan(LONG.dividedBy(2));
    }

    @WaitingTest
    @Cases({"FX-4", "RP-15"})
    void theTtlIsAtMostWhatWasAskedFor() {
        Lease lease = this.locker.acquire(TRY.ttl(Duration.ofSeconds(5)));
        assertThat(lease.ttl())
                .hasValueSatisfying(ttl -> assertThat(ttl).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(5)));
    }

    @WaitingTest
    @Cases({"FX-13", "BS-37"})
    void theTtlRunsDownAndAnExtensionCountsFromNow() {
        Lease lease = this.locker.acquire(TRY.ttl(Duration.ofSeconds(5)));
        assertThat(lease.ttl().orElseThrow()).isLessThanOrEqualTo(Duration.ofSeconds(5));
        elapse(Duration.ofSeconds(1));
        assertThat(lease.ttl().orElseThrow()).isLessThanOrEqualTo(Duration.ofSeconds(4));
        assertThat(lease.extend(Duration.ofSeconds(2))).isTrue();
        assertThat(lease.ttl().orElseThrow()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(lease.validity()).isLessThan(Duration.ofSeconds(2));
        elapse(Duration.ofSeconds(2));
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.ttl()).isEmpty();
    }

    @WaitingTest
    @Cases({"BS-9", "BS-22", "RS-5"})
    void anExtensionMayLengthenAndShorten() {
        Lease lease = this.locker.acquire(TRY);
        for (Duration ttl : List.of(Duration.ofMinutes(1), Duration.ofSeconds(30), Duration.ofMinutes(2))) {
            assertThat(lease.extend(ttl)).isTrue();
            assertThat(lease.ttl()).hasValueSatisfying(left -> assertAbout(left, ttl));
        }
    }

    @WaitingTest
    void renewalsGoOnWithTheTtlOfTheExtension() {
        Lease lease = this.locker.acquire(TRY.ttl(Duration.ofMinutes(10)).autoRenew(true));
        assertThat(lease.extend(Duration.ofSeconds(2))).isTrue();
        await().until(() -> this.troubles.asked("renew") >= 2);
        assertThat(lease.ttl().orElseThrow()).isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(lease.isHeld()).isTrue();
    }

    @WaitingTest
    @Cases("FX-7")
    void aReleasedLeaseCannotBeExtended() {
        Lease lease = this.locker.acquire(TRY);
        lease.release();
        assertThat(lease.extend(LONG)).isFalse();
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.ttl()).isEmpty();
        assertThat(this.locker.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    @Cases({"BS-11", "BS-14", "RS-6", "RP-16"})
    void anExpiredLeaseCannotBeExtendedAndSaysSoAtOnce() {
        Lease lease = expired(this.locker.acquire(TRY));
        long start = System.nanoTime();
        assertThat(lease.extend(LONG)).isFalse();
        assertThat(since(start)).isLessThan(Duration.ofSeconds(2));
        assertThat(lease.ttl()).isEmpty();
        assertThat(this.locker.inspect(KEY)).isEmpty();
        assertThat(lease.extend(LONG)).isFalse();
    }

    @WaitingTest
    @Cases({"BS-20", "RP-18", "RS-8"})
    void aStolenLeaseCannotBeExtendedAndKnowsThatItIsLost() {
        Lease lease = this.locker.acquire(TRY);
        Lease thief = steal(lease);
        assertThat(lease.extend(LONG.dividedBy(2))).isFalse();
        assertThat(lease.isHeld()).isFalse();
        assertThat(thief.ttl()).hasValueSatisfying(ttl -> assertAbout(ttl, LONG));
        await().until(() -> !this.events.lost.isEmpty());
        assertThat(this.events.lost)
                .singleElement()
                .extracting(LockLost::reason)
                .isEqualTo(LockLost.Reason.TAKEN);
    }

    @WaitingTest
    @Cases("BS-21")
    void aLeaseWhoseKeyIsGoneCannotBeExtendedAndKnowsThatItIsLost() {
        Lease lease = this.locker.acquire(TRY);
        this.other.release(KEY, lease.token());
        assertThat(lease.ttl()).isEmpty();
        assertThat(lease.extend(LONG)).isFalse();
        assertThat(lease.isHeld()).isFalse();
        await().until(() -> !this.events.lost.isEmpty());
        assertThat(this.events.lost)
                .singleElement()
                .extracting(LockLost::reason)
                .isEqualTo(LockLost.Reason.GONE);
        assertThat(this.locker.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    @Cases({"BS-23", "BS-3", "BS-42"})
    void anExtensionKeepsTokenFenceAndMetadata() {
        Map<String, String> metadata = Map.of("job", "nightly", "odd", "é\n=%\"{x}\\");
        Lease lease = this.locker.acquire(TRY.token("mine").metadata(metadata));
        // a node of a quorum whose vote comes late learns the fence a moment later
        LockState before = await().until(
                        () -> this.other.inspect(KEY).orElseThrow(),
                        state -> state.fencingToken().equals(OptionalLong.of(lease.fencingToken())));
        assertThat(before.metadata())
                .containsAllEntriesOf(metadata)
                .containsEntry("thread", Thread.currentThread().getName());
        assertThat(before.instance()).startsWith("here@");
        assertThat(lease.metadata()).isEqualTo(before.metadata());
        assertThat(lease.extend(LONG.dividedBy(2))).isTrue();
        LockState after = this.other.inspect(KEY).orElseThrow();
        assertThat(after.token()).isEqualTo(before.token());
        assertThat(after.fencingToken()).isEqualTo(before.fencingToken()).hasValue(lease.fencingToken());
        assertThat(after.metadata()).isEqualTo(before.metadata());
        assertThat(this.other.release(KEY, "mine")).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @WaitingTest
    @Cases({"BS-13", "BS-26", "RS-13", "RS-14"})
    void anExtensionThatTheStoreDoesNotAnswerIsNoLossAndCarriesItsCause() {
        Lease lease = this.locker.acquire(TRY);
        this.troubles.refuseNext(1, "extend");
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> lease.extend(LONG))
                .withMessageContainingAll(KEY, "made by the test")
                .satisfies(silent -> {
                    assertThat(silent.keys()).containsExactly(KEY);
                    assertThat(silent)
                            .cause()
                            .isInstanceOfSatisfying(
                                    LockDriverException.class,
                                    cause -> assertThat(cause.kind()).isEqualTo(LockDriverException.Kind.REFUSED));
                });
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.extend(LONG)).isTrue();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    // giving back

    @WaitingTest
    @Cases("FX-6")
    void releasingAgainAsksNothingAndHarmsNobody() {
        Lease lease = this.locker.acquire(TRY);
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        Lease next = this.other.acquire(TRY);
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        lease.close();
        assertThat(this.troubles.asked("release") + this.troubles.asked("releaseAndLine"))
                .isEqualTo(1);
        assertThat(next.ttl()).isPresent();
    }

    @WaitingTest
    @Cases({"BS-15", "RS-9", "GC-16"})
    void anExpiredLeaseIsReleasedAsExpired() {
        Lease lease = expired(this.locker.acquire(TRY));
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.EXPIRED);
    }

    @WaitingTest
    @Cases({"BS-16", "RP-9"})
    void aLeaseWhoseKeyAnotherHoldsIsReleasedAsTakenAndLeavesItAlone() {
        Lease lease = this.locker.acquire(TRY);
        Lease thief = steal(lease);
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.TAKEN);
        assertThat(thief.ttl()).hasValueSatisfying(ttl -> assertAbout(ttl, LONG));
        await().until(() -> !this.events.lost.isEmpty());
        assertThat(this.events.lost).hasSize(1);
    }

    @WaitingTest
    @Cases({"GC-18", "RP-10"})
    void aReleaseThatTheStoreDoesNotAnswerIsUnknownNeverThrown() {
        Lease lease = this.locker.acquire(TRY);
        this.troubles.refuseNext(1, "release");
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
    }

    @WaitingTest
    void aReleaseWhoseAnswerIsLostIsTriedUntilItIsAnswered() {
        Lease lease = this.locker.acquire(TRY);
        this.troubles.refuseNext(2, "release");
        lease.close();
        assertThat(this.other.tryAcquire(REQUEST.waitFor(PATIENCE))).isPresent();
    }

    @WaitingTest
    @Cases("GC-8")
    void aReleaseOfAKeyThatNobodyHoldsIsExpired() {
        assertThat(this.locker.release(KEY, "nobody's")).isEqualTo(ReleaseOutcome.EXPIRED);
        assertThat(this.locker.extend(KEY, "nobody's", LONG)).isFalse();
        assertThat(this.locker.adopt(KEY, "nobody's", LONG)).isEmpty();
        assertThat(this.locker.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    @Cases("GC-19")
    void theStoryOfOneLock() {
        Lease lease = this.locker.acquire(TRY.token("first"));
        assertThat(this.other.tryAcquire(TRY.token("second"))).isEmpty();
        assertThat(this.locker.release(KEY, "first")).isEqualTo(ReleaseOutcome.RELEASED);
        assertThatCode(lease::close).doesNotThrowAnyException();
        assertThat(this.other.tryAcquire(TRY.token("second"))).isPresent();
    }

    @WaitingTest
    void aKeyCanBeKeptAfterTheReleaseForJobsThatMustNotRunTwice() {
        Duration least = Duration.ofSeconds(2);
        long start = System.nanoTime();
        Lease lease = this.locker.acquire(TRY.holdAtLeast(least));
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(this.locker.tryAcquire(TRY)).isEmpty();
        this.other.acquire(REQUEST.waitFor(PATIENCE));
        assertThat(since(start)).isGreaterThan(least.minusMillis(50));
    }

    @WaitingTest
    void aKeyThatIsKeptAfterTheReleaseGoesToAThreadOfTheSameJvmOnlyAfterThat() throws Exception {
        Duration least = Duration.ofSeconds(1);
        long start = System.nanoTime();
        Lease lease = this.locker.acquire(TRY.holdAtLeast(least));
        CompletableFuture<Lease> waiting = this.locker.acquireAsync(REQUEST.waitFor(PATIENCE));
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(this.locker.tryAcquire(TRY)).isEmpty();
        Lease next = waiting.get(10, TimeUnit.SECONDS);
        assertThat(since(start)).isGreaterThan(least.minusMillis(50));
        assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
        assertThat(next.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    // tokens

    @WaitingTest
    void aKeyThatIsKeptAfterTheReleaseIsKeptThoughNobodyHeardTheAnswer() {
        Duration least = Duration.ofMillis(1500);
        Lease lease = this.locker.acquire(TRY.holdAtLeast(least));
        long start = System.nanoTime();
        this.troubles.loseNextAnswers(1, "release");
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
        await().until(() -> this.troubles.asked("release") > 1);
        Lease next = this.other.acquire(REQUEST.waitFor(PATIENCE));
        assertThat(next.isHeld()).isTrue();
        assertThat(since(start)).isGreaterThan(least.minus(SHORT));
    }

    @WaitingTest
    @Cases({"RN-5", "BS-41", "BS-43", "GC-7", "GC-17"})
    void onlyWhoKnowsTheTokenExtendsAndReleases() {
        Lease lease = this.locker.acquire(TRY);
        String token = lease.token();
        assertThat(this.other.release(KEY, "wrong")).isEqualTo(ReleaseOutcome.TAKEN);
        assertThat(this.other.extend(KEY, "wrong", SHORT)).isFalse();
        assertThat(this.other.adopt(KEY, "wrong", SHORT)).isEmpty();
        assertThat(lease.ttl()).hasValueSatisfying(ttl -> assertAbout(ttl, LONG));
        assertThat(this.other.extend(KEY, token, LONG.dividedBy(2))).isTrue();
        assertThat(lease.ttl()).hasValueSatisfying(ttl -> assertAbout(ttl, LONG.dividedBy(2)));
        assertThat(this.other.release(KEY, token)).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(this.other.tryAcquire(TRY)).isPresent();
    }

    @WaitingTest
    @Cases("BS-A1")
    void aTokenThatTheHoldersBeginsWithOpensNothing() {
        Lease lease = this.locker.acquire(TRY.token("job-7:abcdef"));
        for (String part : List.of("job-7:abcde", "job-7", "j", "job-7:abcdefg")) {
            assertThat(this.other.tryAcquire(TRY.token(part))).isEmpty();
            assertThat(this.other.release(KEY, part)).isEqualTo(ReleaseOutcome.TAKEN);
            assertThat(this.other.extend(KEY, part, SHORT)).isFalse();
            assertThat(this.other.adopt(KEY, part, SHORT)).isEmpty();
        }
        assertThat(lease.ttl()).hasValueSatisfying(ttl -> assertAbout(ttl, LONG));
    }

    @WaitingTest
    void aLookDoesNotShowWhatWouldReleaseTheLock() {
        Lease lease = this.locker.acquire(TRY);
        LockState state = this.other.inspect(KEY).orElseThrow();
        assertThat(lease.token()).startsWith(state.token()).isNotEqualTo(state.token());
        assertThat(this.other.release(KEY, state.token())).isEqualTo(ReleaseOutcome.TAKEN);
        assertThat(lease.toString()).doesNotContain(lease.token());
    }

    @WaitingTest
    void aLookDoesNotShowATokenOfACallersOwn() {
        Lease lease = this.locker.acquire(TRY.token("4711"));
        String shown = this.other.inspect(KEY).orElseThrow().token();
        assertThat(shown).doesNotContain("4711");
        assertThat(this.other.release(KEY, shown)).isEqualTo(ReleaseOutcome.TAKEN);
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.other.acquire(TRY))
                .satisfies(refused ->
                        assertThat(refused.holder().orElseThrow().token()).isEqualTo(shown));
        assertThat(lease.toString()).contains(shown).doesNotContain("4711");
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @WaitingTest
    @Cases({"GC-3", "GC-13", "BS-4"})
    void aCallersOwnTokenIsStoredAndItsSecondClaimIsBusyLikeAnybodys() {
        Lease lease = this.locker.acquire(TRY.token("job-7").metadata(Map.of("a", "1")));
        assertThat(lease.token()).isEqualTo("job-7");
        assertThat(this.other.inspect(KEY).orElseThrow().token()).startsWith("jo\u2026");
        assertThat(this.other.extend(KEY, "job-7", LONG)).isTrue();
        assertThat(this.other.tryAcquire(TRY.token("job-8"))).isEmpty();
        assertThat(this.other.tryAcquire(TRY.token("job-7").metadata(Map.of("a", "2"))))
                .isEmpty();
        assertThat(this.locker.tryAcquire(TRY.token("job-7"))).isEmpty();
        assertThat(this.other.inspect(KEY).orElseThrow().metadata()).containsEntry("a", "1");
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @WaitingTest
    @Cases({"GC-4", "RS-12", "BS-A2"})
    void aHoldIsAdoptedByWhoKnowsItsToken() {
        Lease first = this.locker.acquire(TRY.ttl(Duration.ofSeconds(30)).metadata(Map.of("a", "1")));
        Lease adopted = this.other.adopt(KEY, first.token(), LONG).orElseThrow();
        assertThat(adopted.isHeld()).isTrue();
        assertThat(adopted.token()).isEqualTo(first.token());
        assertThat(adopted.fencingToken()).isEqualTo(first.fencingToken());
        // of several nodes, the last may hear of it after most have
        await().untilAsserted(() -> assertThat(adopted.ttl()).hasValueSatisfying(ttl -> assertAbout(ttl, LONG)));
        assertThat(this.locker.tryAcquire(TRY)).isEmpty();
        assertThat(first.release()).isEqualTo(ReleaseOutcome.TAKEN);
        assertThat(adopted.ttl()).isPresent();
        assertThat(adopted.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(this.locker.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    void whoseHoldWasAdoptedElsewhereCannotExtendItAndKnowsThatItIsLost() {
        Lease first = this.locker.acquire(TRY);
        Lease adopted = this.other.adopt(KEY, first.token(), LONG).orElseThrow();
        assertThat(first.ttl()).isEmpty();
        assertThat(first.extend(Duration.ofSeconds(30))).isFalse();
        assertThat(first.isHeld()).isFalse();
        assertThat(adopted.isHeld()).isTrue();
        assertThat(adopted.ttl()).hasValueSatisfying(ttl -> assertAbout(ttl, LONG));
        assertThat(adopted.extend(Duration.ofMinutes(30))).isTrue();
    }

    @WaitingTest
    void whoseTokenHoldsForAnotherCallerCannotExtendThatHold() {
        LockRequest own = TRY.token("always the same");
        Lease last = this.locker.acquire(own);
        assertThat(this.other.release(KEY, "always the same")).isEqualTo(ReleaseOutcome.RELEASED);
        Lease next = this.other.acquire(own);
        assertThat(last.ttl()).isEmpty();
        assertThat(last.extend(Duration.ofSeconds(30))).isFalse();
        assertThat(last.isHeld()).isFalse();
        assertThat(next.ttl()).hasValueSatisfying(ttl -> assertAbout(ttl, LONG));
        assertThat(next.isHeld()).isTrue();
    }

    @WaitingTest
    void anAdoptionWhoseAnswerIsLostIsTakenBackAndLeavesTheHoldWhereItWas() {
        Lease first = this.other.acquire(TRY);
        this.troubles.loseNextAnswers(1, "adopt");
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> this.locker.adopt(KEY, first.token(), LONG));
        await().untilAsserted(() -> assertThat(first.ttl()).isPresent());
        assertThat(first.extend(LONG)).isTrue();
        Lease adopted = this.locker.adopt(KEY, first.token(), LONG).orElseThrow();
        assertThat(adopted.fencingToken()).isGreaterThanOrEqualTo(first.fencingToken());
        assertThat(adopted.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @WaitingTest
    void anAdoptedHoldIsRenewed() {
        Lease first = this.locker.acquire(TRY.ttl(Duration.ofSeconds(3)));
        Lease adopted =
                this.other.adopt(KEY, first.token(), Duration.ofSeconds(3)).orElseThrow();
        elapse(Duration.ofSeconds(4));
        assertThat(adopted.isHeld()).isTrue();
        assertThat(adopted.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @WaitingTest
    @Cases({"GC-2", "GC-12"})
    void aTokenGeneratorsTokenIsStored() {
        Locker generating = newLocker("generating", key -> "token-of-" + key, new Troubles());
        Lease lease = generating.acquire(TRY);
        assertThat(lease.token()).isEqualTo("token-of-" + KEY);
        assertThat(this.other.extend(KEY, "token-of-" + KEY, LONG)).isTrue();
    }

    @WaitingTest
    @Cases({"GC-20", "RS-A4"})
    void aGeneratorThatRepeatsItselfStillExcludes() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        List<Callable<Boolean>> calls = IntStream.range(0, 4)
                .mapToObj(i -> newLocker("generating-" + i, key -> "always the same", new Troubles()))
                .flatMap(one -> IntStream.range(0, 2).<Callable<Boolean>>mapToObj(thread -> () -> {
                    for (int i = 0; i < 10; i++) {
                        guarded(one, REQUEST.waitFor(PATIENCE), inside, () -> true);
                        one.tryAcquire(TRY).ifPresent(Lease::close);
                    }
                    return true;
                }))
                .toList();
        assertThat(outcomes(together(calls))).hasSize(8).containsOnly(true);
        assertThat(this.locker.inspect(KEY)).isEmpty();
    }

    // several keys

    @WaitingTest
    @Cases({"BS-18", "BS-24", "BS-25"})
    void severalKeysAreTakenAllOrNone() {
        Lease oneTwo = tryAll(this.locker, "1", "2").orElseThrow();
        Lease threeFour = tryAll(this.other, "4", "3").orElseThrow();
        assertThat(threeFour.keys()).containsExactly("3", "4");
        assertThat(threeFour.fencingToken())
                .isEqualTo(Math.max(threeFour.fencingToken("3"), threeFour.fencingToken("4")));
        assertThat(tryAll(this.locker, "2", "3")).isEmpty();
        assertThat(tryAll(this.locker, "5", "2")).isEmpty();
        assertThat(this.other.inspect("5")).isEmpty();
        assertThat(oneTwo.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(tryAll(this.locker, "1")).isPresent();
        assertThat(tryAll(this.locker, "2", "3")).isEmpty();
        assertThat(this.other.inspect("2")).isEmpty();
        assertThat(threeFour.extend(LONG)).isTrue();
        assertThat(threeFour.release()).isEqualTo(ReleaseOutcome.RELEASED);
        Lease twoThree = tryAll(this.locker, "2", "3").orElseThrow();
        twoThree.extend(SHORT);
        elapse(SHORT);
        this.other.acquire(LockRequest.of("3").waitFor(Duration.ZERO));
        assertThat(twoThree.isHeld()).isFalse();
        assertThat(twoThree.extend(LONG)).isFalse();
        assertThat(twoThree.release()).isIn(ReleaseOutcome.EXPIRED, ReleaseOutcome.TAKEN);
        assertThat(this.other.inspect("3")).isPresent();
    }

    @WaitingTest
    void whoWaitsForOneOfSeveralKeysGetsItWhenAllAreGivenBack() throws Exception {
        Lease all = tryAll(this.locker, "1", "2", "3").orElseThrow();
        List<CompletableFuture<Lease>> waiting = new ArrayList<>();
        for (Locker next : List.of(this.locker, this.other)) {
            for (String key : List.of("1", "3")) {
                waiting.add(next.acquireAsync(
                        LockRequest.of(key).ttl(LONG).autoRenew(false).waitFor(PATIENCE)));
            }
        }
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        assertThat(all.release()).isEqualTo(ReleaseOutcome.RELEASED);
        // in whichever order they came to stand in the store's line
        List<CompletableFuture<Void>> done = waiting.stream()
                .map(one -> one.thenAcceptAsync(lease -> {
                    assertThat(lease.fencingToken()).isGreaterThan(all.fencingToken(lease.key()));
                    lease.close();
                }))
                .toList();
        for (CompletableFuture<Void> one : done) {
            one.get(10, TimeUnit.SECONDS);
        }
        assertThat(tryAll(this.other, "1", "2", "3")).isPresent();
    }

    @WaitingTest
    void whatIsHeldBeforeABusyKeyIsRenewedWhileThatIsAwaited() throws Exception {
        Duration ttl = Duration.ofSeconds(1);
        Lease busy = tryAll(this.other, "2").orElseThrow();
        CompletableFuture<Lease> future =
                this.locker.acquireAsync(LockRequest.of("3", "2", "1").ttl(ttl).waitFor(PATIENCE));
        await().until(() -> this.other.inspect("1").isPresent());
        LockState before = this.other.inspect("1").orElseThrow();
        assertThat(this.other.inspect("3")).isEmpty();
        elapse(ttl.multipliedBy(2));
        assertThat(this.other.inspect("1").map(LockState::token)).contains(before.token());
        assertThat(future).isNotDone();
        busy.close();
        Lease lease = future.get(10, TimeUnit.SECONDS);
        assertThat(lease.keys()).containsExactly("1", "2", "3");
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.fencingToken("1")).isEqualTo(before.fencingToken().orElseThrow());
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(tryAll(this.other, "1", "2", "3")).isPresent();
    }

    @WaitingTest
    void aWaitForSeveralKeysThatEndsLeavesNothing() throws Exception {
        Lease busy = tryAll(this.other, "2").orElseThrow();
        LockRequest all = LockRequest.of("1", "2", "3").ttl(LONG).autoRenew(false);
        assertThat(this.locker.tryAcquire(all.waitFor(Duration.ofMillis(100)))).isEmpty();
        CompletableFuture<Lease> cancelled = this.locker.acquireAsync(all.waitFor(PATIENCE));
        await().until(() -> this.other.inspect("1").isPresent());
        cancelled.cancel(true);
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        Future<Reason> interrupted = this.threads.submit(() -> {
            thread.complete(Thread.currentThread());
            try {
                this.locker.acquire(all.waitFor(PATIENCE));
                return null;
            } catch (LockNotAcquiredException refused) {
                return refused.reason();
            }
        });
        await().until(() -> this.other.inspect("1").isPresent());
        thread.join().interrupt();
        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isEqualTo(Reason.INTERRUPTED);
        busy.close();
        for (String key : List.of("1", "2", "3")) {
            await().until(() -> this.other.inspect(key).isEmpty());
        }
    }

    @WaitingTest
    void severalKeysWhoseAnswerIsLostAreUnavailableAndUndone() {
        this.troubles.loseNextAnswers(1, "acquireAll", "acquire", "line");
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(
                        () -> this.locker.acquire(LockRequest.of("1", "2", "3").ttl(LONG)))
                .withMessageContaining("made by the test");
        assertThat(this.other.tryAcquire(LockRequest.of("1", "2", "3").ttl(LONG).waitFor(PATIENCE)))
                .isPresent();
    }

    @WaitingTest
    void aReleaseOfSeveralKeysThatNobodyHearsIsRepeated() {
        Lease all = this.locker.acquire(LockRequest.of("1", "2", "3").ttl(LONG));
        this.troubles.refuseNext(1, "releaseAll", "release");
        assertThat(all.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
        assertThat(this.other.tryAcquire(LockRequest.of("1", "2", "3").ttl(LONG).waitFor(PATIENCE)))
                .isPresent();
    }

    @WaitingTest
    void whoHoldsOneOfSeveralKeysItselfIsToldSo() {
        Lease all = tryAll(this.locker, "1", "2").orElseThrow();
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.locker.acquire(LockRequest.of("2").waitFor(Duration.ZERO)))
                .withMessageContaining("by this very thread");
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.locker.acquire(LockRequest.of("2", "3").waitFor(Duration.ZERO)))
                .withMessageContaining("by this very thread")
                .satisfies(refused -> assertThat(refused.keys()).containsExactly("2"));
        assertThat(all.isHeld()).isTrue();
    }

    @WaitingTest
    void callersOfOverlappingKeysAllComeThroughAndNeverMeet() throws Exception {
        List<AtomicInteger> inside =
                IntStream.range(0, 4).mapToObj(key -> new AtomicInteger()).toList();
        List<Callable<Boolean>> calls = IntStream.range(0, 6)
                .<Callable<Boolean>>mapToObj(caller -> () -> {
                    Locker mine = caller % 2 == 0 ? this.locker : this.other;
                    for (int i = 0; i < 10; i++) {
                        int one = (caller + i) % 4;
                        int two = (one + 1 + i % 3) % 4;
                        LockRequest request =
                                LockRequest.of("k" + one, "k" + two).ttl(LONG).waitFor(PATIENCE);
                        try (Lease lease = mine.acquire(request)) {
                            assertThat(inside.get(one).incrementAndGet()).isEqualTo(1);
                            assertThat(inside.get(two).incrementAndGet()).isEqualTo(1);
                            lease.ensureHeld();
                            inside.get(one).decrementAndGet();
                            inside.get(two).decrementAndGet();
                        }
                    }
                    return true;
                })
                .toList();
        assertThat(outcomes(together(calls))).hasSize(6).containsOnly(true);
        for (int key = 0; key < 4; key++) {
            String name = "k" + key;
            await().until(() -> this.other.inspect(name).isEmpty());
        }
    }

    private static Optional<Lease> tryAll(Locker locker, String key, String... more) {
        return locker.tryAcquire(
                LockRequest.of(key, more).ttl(LONG).autoRenew(false).waitFor(Duration.ZERO));
    }

    // trouble

    @WaitingTest
    @Cases({"GC-15", "RP-3"})
    void anAcquireThatTheStoreRefusesIsUnavailableAndLeavesNothing() {
        this.troubles.refuseNext(1, "acquire");
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> this.locker.tryAcquire(TRY))
                .withMessageContainingAll(KEY, "made by the test")
                .withCauseInstanceOf(LockDriverException.class);
        assertThat(this.other.tryAcquire(TRY)).isPresent();
        await().until(() -> !this.events.unavailable.isEmpty());
    }

    @WaitingTest
    void anAcquireWhoseAnswerIsLostIsUndone() {
        this.troubles.loseNextAnswers(1, "acquire", "line", "lastTry");
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> this.locker.tryAcquire(TRY));
        assertThat(this.other.tryAcquire(REQUEST.waitFor(PATIENCE))).isPresent();
    }

    @WaitingTest
    void anAttemptThatWasGivenUpIsNotTakenForAnotherHolder() {
        this.troubles.loseNextAnswers(1, "acquire", "line", "lastTry");
        this.troubles.refuseNext(1, "leave", "release");
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> this.locker.tryAcquire(TRY));
        assertThat(this.locker.tryAcquire(TRY)).isPresent();
    }

    @WaitingTest
    void anAttemptThatEndedWhileTheNextQuestionWasUnderWayIsNotTakenForAnotherHolder() {
        this.troubles.loseNextAnswers(1, "acquire");
        this.troubles.refuseNext(1, "leave", "release");
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> this.locker.tryAcquire(TRY));
        this.troubles.delayAnswers(Duration.ofSeconds(1), "acquire"); // longer than it takes to end it once more
        assertThat(this.locker.tryAcquire(TRY)).isPresent();
    }

    @WaitingTest
    void anAttemptWhoseEndTheNextQuestionOvertakesIsNotTakenForAnotherHolder() {
        this.troubles.loseNextAnswers(1, "acquire");
        this.troubles.refuseNext(1, "leave", "release");
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> this.locker.tryAcquire(TRY));
        this.troubles.delayQuestions(Duration.ofMillis(100), "leave", "release");
        assertThat(this.locker.tryAcquire(TRY)).isPresent();
    }

    @WaitingTest
    void anAttemptAtSeveralKeysThatWasGivenUpIsNotTakenForAnotherHolder() {
        this.troubles.loseNextAnswers(1, "acquireAll", "acquire", "line", "lastTry");
        this.troubles.refuseNext(1, "leave", "release");
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> tryAll(this.locker, KEY, "order:43"));
        this.troubles.loseNextAnswers(0, "acquireAll", "acquire", "line", "lastTry");
        assertThat(tryAll(this.locker, KEY, "order:43")).isPresent();
    }

    @WaitingTest
    void whoseTimeEndsIsToldThatTheKeyIsHeldIfTheStoreHasSaidSoSinceItWasSilent() {
        this.other.acquire(REQUEST);
        CompletableFuture<Lease> patient = this.locker.acquireAsync(REQUEST.waitFor(LONG));
        await().until(() -> asked() >= 2);
        CompletableFuture<Lease> impatient = this.locker.acquireAsync(REQUEST.waitFor(Duration.ofSeconds(3)));
        this.troubles.refuseNext(1, "acquire", "line");
        assertThat(impatient)
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(LockNotAcquiredException.class);
        assertThat(patient).isNotDone();
        patient.cancel(false);
    }

    private int asked() {
        return this.troubles.asked("acquire") + this.troubles.asked("line");
    }

    @WaitingTest
    void whereItCannotBeEndedTheStoreIsUnavailableAndNobodyElseIsBlamed() {
        this.troubles.loseNextAnswers(1, "acquire", "line", "lastTry");
        this.troubles.refuseNext(1_000, "leave", "release");
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> this.locker.tryAcquire(TRY));
        }
        this.troubles.refuseNext(0, "leave", "release");
        assertThat(this.other.tryAcquire(REQUEST.waitFor(PATIENCE))).isPresent();
    }

    @WaitingTest
    void aWaitThatGoesWrongInBetweenGoesOn() throws Exception {
        Lease holder = this.other.acquire(TRY);
        Future<Lease> waiter = this.threads.submit(
                () -> this.locker.acquire(REQUEST.waitFor(PATIENCE).ttl(Duration.ofSeconds(30))));
        awaitWaiting(1);
        String question = keepsLine() ? "line" : "acquire";
        int before = this.troubles.asked(question);
        this.troubles.refuseNext(2, question);
        await().until(() -> this.troubles.asked(question) > before + 2);
        holder.close();
        assertThat(waiter.get(10, TimeUnit.SECONDS).isHeld()).isTrue();
    }

    // leaving

    @WaitingTest
    @Cases({"BS-26", "RS-A8"})
    void anInterruptedWaiterSaysSoKeepsItsFlagAndLeavesNothing() throws Exception {
        Lease holder = this.other.acquire(TRY);
        AtomicBoolean flag = new AtomicBoolean();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiter = new Thread(() -> {
            try {
                this.locker.tryAcquire(REQUEST.waitFor(PATIENCE));
            } catch (RuntimeException ex) {
                thrown.set(ex);
            }
            flag.set(Thread.currentThread().isInterrupted());
        });
        waiter.start();
        awaitWaiting(1);
        waiter.interrupt();
        waiter.join(10_000);
        assertThat(thrown.get())
                .isInstanceOfSatisfying(
                        LockNotAcquiredException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.INTERRUPTED))
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(flag).isTrue();
        awaitWaiting(0);
        holder.close();
        assertThat(this.other.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    void aThreadThatIsInterruptedBeforeAsksNothing() {
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(LockNotAcquiredException.class)
                    .isThrownBy(() -> this.locker.acquire(REQUEST))
                    .satisfies(refused -> assertThat(refused.reason()).isEqualTo(Reason.INTERRUPTED));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(this.locker.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    @Cases("RS-A8")
    void aCancelledFutureLeavesTheLine() {
        Lease holder = this.other.acquire(TRY);
        CompletableFuture<Lease> future = this.locker.acquireAsync(REQUEST.waitFor(PATIENCE));
        awaitWaiting(1);
        future.cancel(true);
        awaitWaiting(0);
        holder.close();
        assertThat(this.other.inspect(KEY)).isEmpty();
        await().until(() -> this.other.inspect(KEY).isEmpty());
    }

    @WaitingTest
    void aFutureIsGivenTheLeaseWhenItsTurnComes() throws Exception {
        Lease holder = this.other.acquire(TRY);
        CompletableFuture<Lease> future = this.locker.acquireAsync(REQUEST.waitFor(PATIENCE));
        awaitWaiting(1);
        assertThat(future).isNotDone();
        holder.close();
        Lease lease = future.get(10, TimeUnit.SECONDS);
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @WaitingTest
    void aFutureIsRefusedAfterTheWholeWait() {
        this.other.acquire(TRY);
        CompletableFuture<Lease> future = this.locker.acquireAsync(REQUEST.waitFor(Duration.ofMillis(100)));
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(future::join)
                .havingCause()
                .isInstanceOfSatisfying(
                        LockNotAcquiredException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.BUSY));
    }

    @WaitingTest
    void aClosedLockerRefusesThoseWhoWaitAndThoseWhoCome() throws Exception {
        this.other.acquire(TRY);
        DistributedLocker closing = (DistributedLocker) newLocker("closing", null, new Troubles());
        Future<Reason> waiter = this.threads.submit(() -> {
            try {
                closing.acquire(REQUEST.waitFor(PATIENCE));
                return null;
            } catch (LockNotAcquiredException refused) {
                return refused.reason();
            }
        });
        awaitWaiting(1);
        closing.close();
        assertThat(waiter.get(10, TimeUnit.SECONDS)).isEqualTo(Reason.CLOSED);
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> closing.acquire(TRY))
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(Reason.CLOSED));
    }

    // listening

    @WaitingTest
    @Cases("FX-10")
    void listenersHearOfWhatIsTakenRefusedAndReleased() {
        Lease lease = this.locker.acquire(TRY.name("orders"));
        this.locker.tryAcquire(TRY.name("orders"));
        lease.close();
        assertThat(this.events.taken).singleElement().satisfies(event -> {
            assertThat(event.locker()).isEqualTo("here");
            assertThat(event.name()).isEqualTo("orders");
            assertThat(event.keys()).containsExactly(KEY);
            assertThat(event.fencingToken()).isEqualTo(lease.fencingToken());
        });
        assertThat(this.events.refused).hasSize(1);
        assertThat(this.events.released)
                .singleElement()
                .satisfies(event -> assertThat(event.held()).isPositive());
        assertThat(this.events.lost).isEmpty();
    }

    @WaitingTest
    void aListenerThatThrowsHidesNoResultAndPreventsNoRelease() {
        LockListener broken = new LockListener() {
            @Override
            public void onTaken(LockEvent event) {
                throw new IllegalStateException("taken");
            }

            @Override
            public void onReleased(LockEvent event, ReleaseOutcome outcome) {
                throw new IllegalStateException("released");
            }
        };
        Events heard = new Events();
        Locker telling = newLocker("telling", null, new Troubles(), broken, heard);
        assertThat(telling.acquire(TRY).release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(heard.taken).hasSize(1);
        assertThat(heard.released).hasSize(1);
        assertThat(telling.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    void aLossIsToldOnceAlsoToWhoAsksLater() {
        Lease lease = this.locker.acquire(TRY);
        List<LockLost> told = new CopyOnWriteArrayList<>();
        lease.onLost(told::add);
        expired(lease);
        await().until(() -> told.size() == 1);
        List<LockLost> later = new CopyOnWriteArrayList<>();
        lease.onLost(later::add);
        await().until(() -> later.size() == 1);
        lease.close();
        assertThat(told).isEqualTo(later).hasSize(1);
        await().until(() -> this.events.lost.size() == 1);
    }

    @WaitingTest
    void aLeaseThatWasReleasedIsNeverToldLost() {
        Lease lease = this.locker.acquire(TRY);
        List<LockLost> told = new CopyOnWriteArrayList<>();
        lease.onLost(told::add);
        assertThat(lease.extend(Duration.ofSeconds(2))).isTrue();
        lease.close();
        elapse(Duration.ofSeconds(2));
        lease.onLost(told::add);
        assertThat(told).isEmpty();
        assertThat(this.events.lost).isEmpty();
    }

    @WaitingTest
    void aLeaseThatOutlivesItsLockerIsReleasedWithoutComplaint() {
        DistributedLocker closing = (DistributedLocker) newLocker("closing", null, new Troubles());
        Lease held = closing.acquire(TRY);
        Lease expired =
                expired(closing.acquire(LockRequest.of("another").ttl(LONG).autoRenew(false)));
        expired.onLost(loss -> {});
        closing.close();
        assertThatCode(() -> {
                    assertThat(held.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
                    assertThat(expired.release()).isEqualTo(ReleaseOutcome.EXPIRED);
                    expired.onLost(loss -> {});
                })
                .doesNotThrowAnyException();
        assertThat(this.other.inspect(KEY)).isPresent();
    }

    // keys

    @WaitingTest
    @Cases("RN-A9")
    void aKeyNamedLikeWhatIsStoredBesideALockIsRefused() {
        for (String key : List.of("~rec:{" + KEY + "}", "~line:x", "~")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> this.locker.acquire(key))
                    .withMessageContaining("~");
        }
        this.locker.acquire(TRY);
        for (String key : List.of(KEY + ":fence", "rec:" + KEY, KEY + "~rec")) {
            Lease lease = this.other.acquire(LockRequest.of(key).waitFor(Duration.ZERO));
            assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        }
        assertThat(this.other.inspect(KEY)).isPresent();
    }

    @WaitingTest
    @Cases("RN-A8")
    void fencesGrowHoweverHoldsEnd() {
        List<Long> fences = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (Locker next : List.of(this.locker, this.other)) {
                Lease lease = next.acquire(REQUEST.waitFor(PATIENCE));
                fences.add(lease.fencingToken());
                lease.extend(Duration.ofMillis(50 + 20 * round));
            }
        }
        assertThat(fences).isSorted().doesNotHaveDuplicates();
    }

    // small words

    private Lease steal(Lease lease) {
        assertThat(this.other.release(KEY, lease.token())).isEqualTo(ReleaseOutcome.RELEASED);
        return this.other.acquire(TRY);
    }

    /** Not with a short ttl from the start: a test that is held up must not find it expired too early. */
    private Lease expired(Lease lease) {
        assertThat(lease.extend(SHORT)).isTrue();
        elapse(SHORT);
        return lease;
    }

    private static <T> T guarded(Locker locker, LockRequest request, AtomicInteger inside, Callable<T> work)
            throws Exception {
        return locker.execute(request, lease -> {
            assertThat(inside.incrementAndGet()).isEqualTo(1);
            try {
                return work.call();
            } finally {
                inside.decrementAndGet();
            }
        });
    }

    private void awaitWaiting(int instances) {
        await().until(() -> (keepsLine() ? inLine() : waitingHere()) == instances);
    }

    private long inLine() {
        return this.other.inspect(KEY).map(state -> state.waiting().size()).orElse(-1);
    }

    /** For so long that the store has told them that it is busy. */
    private long waitingHere() {
        Duration told = Duration.ofMillis(300);
        return this.lockers.stream()
                .flatMap(asked -> asked.locks().stream())
                .filter(local ->
                        local.waits().stream().anyMatch(wait -> wait.waited().compareTo(told) > 0))
                .count();
    }

    @SafeVarargs
    private <T> List<Future<T>> together(Callable<T>... calls) {
        return together(List.of(calls));
    }

    private <T> List<Future<T>> together(List<Callable<T>> calls) {
        CountDownLatch start = new CountDownLatch(calls.size());
        return calls.stream()
                .map(call -> this.threads.submit(() -> {
                    start.countDown();
                    start.await();
                    return call.call();
                }))
                .collect(Collectors.toList());
    }

    private static <T> List<T> outcomes(List<Future<T>> futures) throws Exception {
        List<T> outcomes = new ArrayList<>();
        for (Future<T> future : futures) {
            outcomes.add(future.get(60, TimeUnit.SECONDS));
        }
        return outcomes;
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void assertAbout(Duration actual, Duration expected) {
        assertThat(actual).isLessThanOrEqualTo(expected).isCloseTo(expected, Duration.ofSeconds(20));
    }

    /** Remembers what it hears. */
    private static final class Events implements LockListener {

        private final List<LockEvent> taken = new CopyOnWriteArrayList<>();

        private final List<LockEvent> refused = new CopyOnWriteArrayList<>();

        private final List<LockEvent> unavailable = new CopyOnWriteArrayList<>();

        private final List<LockEvent> released = new CopyOnWriteArrayList<>();

        private final List<LockLost> lost = new CopyOnWriteArrayList<>();

        @Override
        public void onTaken(LockEvent event) {
            this.taken.add(event);
        }

        @Override
        public void onRefused(LockEvent event, Reason reason) {
            this.refused.add(event);
        }

        @Override
        public void onUnavailable(LockEvent event, LockUnavailableException cause) {
            this.unavailable.add(event);
        }

        @Override
        public void onReleased(LockEvent event, ReleaseOutcome outcome) {
            this.released.add(event);
        }

        @Override
        public void onLost(LockLost loss) {
            this.lost.add(loss);
        }
    }
}
