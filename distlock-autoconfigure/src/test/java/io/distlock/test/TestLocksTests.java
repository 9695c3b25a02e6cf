package io.distlock.test;

import static io.distlock.test.LockAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockLost;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.ReleaseOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The clock, the faults and the other instances of a test. */
@Timeout(30)
class TestLocksTests {

    private static final String KEY = "order:42";

    private static final Duration TTL = Duration.ofMinutes(10);

    private static final LockRequest REQUEST = LockRequest.of(KEY).ttl(TTL).waitFor(Duration.ZERO);

    private static final LockRequest BRIEF = REQUEST.autoRenew(false);

    private static final LockRequest PATIENT = REQUEST.waitFor(Duration.ofSeconds(20));

    private final TestLocks locks = TestLocks.create();

    private final Locker locker = this.locks.locker();

    @AfterEach
    void close() {
        this.locks.close();
    }

    @Test
    void aLeaseThatIsRenewedOutlivesAnyTime() {
        Lease lease = this.locker.acquire(REQUEST);
        this.locks.advance(Duration.ofDays(2));
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.ttl()).isPresent();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @Test
    void aLeaseThatIsNotRenewedRunsDown() {
        Lease lease = this.locker.acquire(BRIEF);
        this.locks.advance(TTL.minusMinutes(1));
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.validity()).isLessThan(Duration.ofMinutes(1));
        this.locks.advance(Duration.ofMinutes(1));
        assertThat(lease.isHeld()).isFalse();
        assertThat(this.locker.tryAcquire(REQUEST)).isPresent();
        assertThat(this.locks).wasLost(KEY);
        assertThat(this.locks.leases(KEY).get(0).lost()).contains(LockLost.Reason.EXPIRED);
    }

    @Test
    void whoSleepsTooLongLosesWhatItRenews() {
        Lease lease = this.locker.acquire(REQUEST);
        this.locks.sleep(TTL.minusMinutes(1));
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.validity()).isGreaterThan(TTL.minusMinutes(1));
        this.locks.sleep(TTL);
        assertThatExceptionOfType(LockLostException.class).isThrownBy(lease::ensureHeld);
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.EXPIRED);
    }

    @Test
    void othersTakeWhatASleeperLost() {
        Lease sleeper = this.locker.acquire(REQUEST);
        CompletableFuture<Lease> next = this.locks.elsewhere().acquireAsync(PATIENT);
        this.locks.sleep(TTL);
        assertThat(next.orTimeout(10, TimeUnit.SECONDS).join().fencingToken()).isGreaterThan(sleeper.fencingToken());
        this.locks.sleep(TTL);
        assertThat(next.join().isHeld()).isTrue();
    }

    @Test
    void whatOthersHoldIsBusyUntilTheyGiveItBack() {
        Lease other = this.locks.elsewhere().acquire(REQUEST);
        this.locks.advance(TTL.multipliedBy(3));
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.locker.acquire(REQUEST))
                .withMessageContaining("elsewhere@");
        assertThat(this.locks).wasRefused(KEY).wasNotLockedWith(KEY);
        other.close();
        assertThat(this.locker.tryAcquire(REQUEST)).isPresent();
    }

    @Test
    void whatACrashedInstanceHeldIsFreeAfterItsTtl() {
        this.locks.elsewhere().acquire(BRIEF);
        CompletableFuture<Lease> waiting = this.locker.acquireAsync(PATIENT);
        this.locks.advance(TTL.minusSeconds(1));
        assertThat(waiting).isNotDone();
        this.locks.advance(Duration.ofSeconds(2));
        assertThat(this.locker.inspect(KEY)).as("handed on at once").isPresent();
        assertThat(waiting.orTimeout(10, TimeUnit.SECONDS).join().isHeld()).isTrue();
    }

    @Test
    void aLockThatIsHeldAtLeastSomeTimeIsFreeAfterIt() {
        this.locker.acquire(REQUEST.holdAtLeast(Duration.ofMinutes(5))).close();
        assertThat(this.locker.tryAcquire(REQUEST)).isEmpty();
        this.locks.advance(Duration.ofMinutes(5));
        assertThat(this.locker.tryAcquire(REQUEST)).isPresent();
    }

    @Test
    void timeDoesNotGoBack() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> this.locks.advance(Duration.ofSeconds(-1)))
                .withMessageContaining("PT-1S");
    }

    @Test
    void aLeaseIsLostNow() {
        Lease lease = this.locker.acquire(REQUEST);
        CompletableFuture<LockLost> told = new CompletableFuture<>();
        lease.onLost(told::complete);
        this.locks.lose(KEY);
        assertThat(lease.isHeld()).isFalse();
        assertThat(this.locks).wasLost(KEY);
        assertThat(told.orTimeout(10, TimeUnit.SECONDS).join().reason()).isEqualTo(LockLost.Reason.FREED);
        assertThat(this.locks.elsewhere().tryAcquire(REQUEST)).isPresent();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.EXPIRED);
    }

    @Test
    void aLeaseIsLostThoughTheStoreIsSilent() {
        Lease lease = this.locker.acquire(REQUEST);
        this.locks.silence();
        this.locks.lose(KEY);
        assertThat(lease.isHeld()).isFalse();
        assertThat(this.locks).wasLost(KEY);
        assertThat(this.locks.elsewhere().tryAcquire(REQUEST)).isPresent();
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> this.locker.acquire("order:1"));
    }

    @Test
    void whatNobodyHoldsCannotBeLost() {
        this.locker.acquire("order:1");
        this.locks.elsewhere().acquire(KEY);
        assertThatIllegalStateException()
                .isThrownBy(() -> this.locks.lose(KEY))
                .withMessage("No lease of 'order:42' is held here that could be lost; held are [order:1]");
    }

    @Test
    void aSilentStoreAnswersOthersOnly() {
        Lease lease = this.locker.acquire(REQUEST);
        this.locks.silence();
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> this.locker.acquire("order:1"))
                .withMessageContaining("the test has silenced it");
        assertThat(this.locks).wasUnavailable("order:1");
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
        assertThat(this.locks.elsewhere().tryAcquire("order:1")).isPresent();
        assertThat(this.locks.elsewhere().tryAcquire(REQUEST)).isEmpty();
        this.locks.answer();
        await().untilAsserted(() -> assertThat(this.locker.tryAcquire(REQUEST)).isPresent());
    }

    @Test
    void whileTheStoreIsSilentNothingIsRenewed() {
        Lease lease = this.locker.acquire(REQUEST);
        this.locks.silence();
        this.locks.advance(TTL.minusMinutes(1));
        assertThat(lease.isHeld()).isTrue();
        this.locks.advance(Duration.ofMinutes(2));
        assertThat(lease.isHeld()).isFalse();
        assertThat(this.locks).wasLost(KEY);
        assertThat(this.locks.elsewhere().tryAcquire(REQUEST)).isPresent();
    }

    @Test
    void aResetForgetsEverythingButWhatTheApplicationHolds() {
        Lease lease = this.locker.acquire(REQUEST);
        this.locks.elsewhere().acquire("order:1");
        this.locks.silence();
        this.locks.reset();
        assertThat(this.locks).wasNeverLocked().isHeld(KEY);
        assertThat(lease.isHeld()).isTrue();
        assertThat(this.locker.tryAcquire("order:1")).isPresent();
    }

    @Test
    void aLockerThatNobodyHasIsAnsweredWithThoseThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> this.locks.elsewhere("jobs"))
                .withMessage("No locker 'jobs' keeps its locks here; there is [default]");
    }

    @Test
    void whoWaitsIsServedInOrderAfterAnyTime() {
        Lease first = this.locker.acquire(REQUEST);
        CompletableFuture<Lease> second = this.locks.elsewhere().acquireAsync(PATIENT);
        await().until(() -> this.locker.inspect(KEY).orElseThrow().waiting().size() == 1);
        CompletableFuture<Lease> third = this.locker.acquireAsync(PATIENT);
        this.locks.advance(Duration.ofDays(1));
        first.close();
        assertThat(second.orTimeout(10, TimeUnit.SECONDS).join().isHeld()).isTrue();
        assertThat(third).isNotDone();
        second.join().close();
        assertThat(third.orTimeout(10, TimeUnit.SECONDS).join().isHeld()).isTrue();
    }
}
