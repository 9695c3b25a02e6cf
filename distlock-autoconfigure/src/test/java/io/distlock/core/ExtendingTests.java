package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.WaitingTest;
import io.distlock.driver.DriverSettings;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;

/** What a holder may believe that has set its ttl and heard nothing. */
class ExtendingTests {

    private static final Duration HOUR = Duration.ofHours(1);

    private static final Duration SHORT = Duration.ofSeconds(1);

    private static final LockRequest RENEWED = LockRequest.of("renewed").ttl(HOUR);

    private static final LockRequest ALONE = LockRequest.of("alone").ttl(HOUR).autoRenew(false);

    private final MemoryLockDriverFactory store = new MemoryLockDriverFactory();

    private final Troubles troubles = new Troubles();

    private final AtomicLong clockSet = new AtomicLong();

    private final Queue<LockLost> lost = new ConcurrentLinkedQueue<>();

    private final List<DistributedLocker> lockers = new ArrayList<>();

    private final DistributedLocker locker = newLocker(this.troubles);

    private final DistributedLocker other = newLocker(new Troubles());

    /** As usual, but that a hold may be passed on for as long as a busy machine needs. */
    private static LockerSettings settings() {
        LockerSettings usual = LockerSettings.defaults();
        return new LockerSettings(
                usual.name(),
                usual.prefix(),
                usual.ttl(),
                usual.waitFor(),
                usual.maxTtl(),
                usual.autoRenew(),
                usual.maxHold(),
                usual.grace(),
                usual.pollInterval(),
                usual.maxWaiters(),
                usual.passMax(),
                HOUR,
                Duration.ZERO);
    }

    private DistributedLocker newLocker(Troubles between) {
        Instance instance = Instance.here("extending");
        DriverSettings settings =
                new DriverSettings("default", "distlock:", instance.id(), HOUR, HOUR, true, Optional.empty());
        DistributedLocker made = DistributedLocker.create(
                settings(),
                instance,
                between.between(this.store.create(settings)),
                new RandomTokens(instance),
                List.of(new LockListener() {
                    @Override
                    public void onLost(LockLost loss) {
                        lost.add(loss);
                    }
                }),
                null,
                new Clocks(() -> System.currentTimeMillis() + this.clockSet.get()));
        this.lockers.add(made);
        return made;
    }

    @AfterEach
    void close() {
        this.lockers.forEach(DistributedLocker::close);
    }

    private static void shortenInVain(Lease lease) {
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> lease.extend(SHORT));
    }

    @WaitingTest
    void aShorteningThatMayStillArriveLimitsWhatLaterOnesAreWorth() {
        Lease lease = this.locker.acquire(ALONE);
        this.troubles.loseNext(1, "extend");
        shortenInVain(lease);
        assertThat(lease.validity()).isLessThan(SHORT);
        assertThat(lease.extend(HOUR)).isTrue();
        assertThat(lease.validity()).isPositive().isLessThan(SHORT);
        // and here it is
        assertThat(this.other.extend("alone", lease.token(), SHORT)).isTrue();
        await().until(() -> !lease.isHeld());
        await().until(() -> this.lost.size() == 1);
    }

    @WaitingTest
    void whatTheStoreCountsIsWorthNoMoreEither() {
        Lease lease = this.locker.acquire(ALONE);
        this.troubles.loseNext(1, "extend");
        shortenInVain(lease);
        this.clockSet.set(HOUR.toMillis());
        assertThat(lease.ttl()).hasValueSatisfying(left -> assertThat(left).isGreaterThan(SHORT));
        assertThat(lease.validity()).isLessThan(SHORT);
    }

    @WaitingTest
    void aRenewedLeaseGoesOnInStepsThatTheShorteningCannotCut() {
        Lease lease = this.locker.acquire(RENEWED);
        this.troubles.loseNextAnswers(1, "extend");
        shortenInVain(lease);
        int before = this.troubles.asked("renew");
        await().until(() -> this.troubles.asked("renew") > before + 6);
        assertThat(lease.validity()).isPositive().isLessThan(SHORT);
        assertThat(this.lost).isEmpty();
        assertThat(lease.ttl()).hasValueSatisfying(left -> assertThat(left).isLessThanOrEqualTo(SHORT));
    }

    @WaitingTest
    void aShorteningThatWasNotExecutedChangesNothing() {
        for (LockRequest request : List.of(RENEWED, ALONE)) {
            Lease lease = this.locker.acquire(request);
            this.troubles.refuseNext(1, "extend");
            shortenInVain(lease);
            assertThat(lease.validity()).isGreaterThan(HOUR.dividedBy(2));
            this.troubles.cutOffNext(1, "extend");
            shortenInVain(lease);
            assertThat(lease.validity()).isGreaterThan(HOUR.dividedBy(2));
        }
    }

    @WaitingTest
    void oneThatWasAnsweredLimitsNothing() {
        Lease lease = this.locker.acquire(ALONE);
        assertThat(lease.extend(SHORT)).isTrue();
        assertThat(lease.validity()).isLessThan(SHORT);
        assertThat(lease.extend(HOUR)).isTrue();
        assertThat(lease.validity()).isGreaterThan(HOUR.dividedBy(2));
    }

    @WaitingTest
    void aHoldThatIsNotCertainOfAWholeTtlIsNotPassedOn() {
        for (boolean limited : List.of(false, true)) {
            Lease lease = this.locker.acquire(RENEWED.ttl(Duration.ofMillis(1100)));
            if (limited) {
                this.troubles.loseNext(1, "extend");
                shortenInVain(lease);
            }
            CompletableFuture<Lease> next = this.locker.acquireAsync(
                    RENEWED.ttl(Duration.ofMillis(1100)).waitFor(HOUR));
            int before = this.troubles.asked("releaseAndLine") + this.troubles.asked("release");
            lease.release();
            next.join().release();
            int asked = this.troubles.asked("releaseAndLine") + this.troubles.asked("release") - before;
            assertThat(asked).as("limited: %s", limited).isEqualTo(limited ? 2 : 1);
        }
    }
}
