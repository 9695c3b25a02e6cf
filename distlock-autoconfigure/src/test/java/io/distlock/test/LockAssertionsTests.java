package io.distlock.test;

import static io.distlock.test.LockAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.Locker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each assertion passes where it should, and fails where it should, with a text that says what happened. */
@ExtendWith(DistlockExtension.class)
@Timeout(30)
class LockAssertionsTests {

    private static final String KEY = "order:42";

    private Locker locker;

    private TestLocks locks;

    @BeforeEach
    void locks(Locker locker, TestLocks locks) {
        this.locker = locker;
        this.locks = locks;
    }

    @Test
    void whatWasLocked() {
        this.locker.run(LockRequest.of(KEY).name("orders"), lease -> {});
        assertThat(this.locks).wasLockedWith(KEY).wasLockedTimes(KEY, 1).wasLockedByName(KEY, "orders");
        fails(
                () -> assertThat(this.locks).wasLockedWith("order:1"),
                "'order:1'",
                "it never was",
                "of 'order:42' (orders, locker 'default') on thread '");
        fails(() -> assertThat(this.locks).wasLockedTimes(KEY, 2), "2 times, but it was 1 times");
        fails(() -> assertThat(this.locks).wasLockedByName(KEY, "default"), "under the name 'default'");
    }

    @Test
    void whatWasNotLocked() {
        assertThat(this.locks).wasNeverLocked().wasNotLockedWith(KEY);
        fails(() -> assertThat(this.locks).wasLockedWith(KEY), "nothing was locked");
        this.locker.run(KEY, lease -> {});
        fails(() -> assertThat(this.locks).wasNeverLocked(), "Expected no lock", KEY);
        fails(() -> assertThat(this.locks).wasNotLockedWith(KEY), "not to be locked");
    }

    @Test
    void eachOfSeveralKeysCounts() {
        this.locker.run(LockRequest.of("a", "b"), lease -> {});
        assertThat(this.locks)
                .wasLockedWith("a")
                .wasLockedWith("b")
                .wasReleased("a")
                .wasReleased("b");
    }

    @Test
    void whatIsGivenBack() {
        Lease lease = this.locker.acquire(KEY);
        assertThat(this.locks).isHeld(KEY);
        fails(() -> assertThat(this.locks).wasReleased(KEY), "to be given back");
        fails(() -> assertThat(this.locks).isEverythingReleased(), "[order:42] are held");
        lease.close();
        assertThat(this.locks).wasReleased(KEY).isEverythingReleased();
        fails(() -> assertThat(this.locks).isHeld(KEY), "'order:42' to be held, but these were: []");
    }

    @Test
    void whatIsRefusedUnavailableAndLost() {
        fails(() -> assertThat(this.locks).wasRefused(KEY), "to be refused");
        fails(() -> assertThat(this.locks).wasUnavailable(KEY), "to be unavailable");
        this.locker.run(KEY, lease -> {});
        fails(() -> assertThat(this.locks).wasLost(KEY), "none was");
    }

    @Test
    void oneWhoWorksOnAfterALossHoldsItTwice() {
        Lease first = this.locker.acquire(KEY);
        this.locks.lose(KEY);
        assertThat(this.locks).wasNeverHeldTwice(KEY);
        this.locker.run(KEY, lease -> {});
        fails(() -> assertThat(this.locks).wasNeverHeldTwice(KEY), "it was held twice");
        first.close();
        fails(() -> assertThat(this.locks).wasNeverHeldTwice(KEY), "it was held twice");
    }

    @Test
    void manyThreadsInTurnNeverHoldItTwice() {
        Section section = this.locks.section();
        many(() -> this.locker.run(KEY, lease -> section.run(() -> {})));
        assertThat(this.locks).wasNeverHeldTwice(KEY).wasLockedTimes(KEY, 800);
        assertThat(section).neverOverlapped().wasAlwaysLockedWith(KEY).wasEntered(800);
    }

    @Test
    void withoutALockTheyMeet() {
        Section section = this.locks.section().lasting(Duration.ofMillis(20));
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> section.run(() -> {}));
        try (Section.Visit visit = section.enter()) {
            CompletableFuture.runAsync(() -> section.run(() -> {})).join();
        }
        other.join();
        assertThat(section).overlapped().wasEntered(3);
        fails(() -> assertThat(section).neverOverlapped(), "two were inside at once", "thread '");
        fails(() -> assertThat(section).wasAlwaysLockedWith(KEY), "two were inside at once");
    }

    @Test
    void aStayWithoutItsLockIsFound() {
        Section section = this.locks.section();
        fails(() -> assertThat(section).neverOverlapped(), "nobody ever was inside");
        this.locker.run(KEY, lease -> section.run(() -> {}));
        assertThat(section).wasAlwaysLockedWith(KEY);
        fails(() -> assertThat(section).wasAlwaysLockedWith("order:1"), "only under lock 'order:1'");
        fails(() -> assertThat(section).wasEntered(2), "2 stays", "there were 1");
        fails(() -> assertThat(section).overlapped(), "one by one");
        section.run(() -> {});
        fails(() -> assertThat(section).wasAlwaysLockedWith(KEY), "without it was");
    }

    @Test
    void aStayDuringWhichTheLockWasLostIsFound() {
        Section section = this.locks.section();
        Lease lease = this.locker.acquire(KEY);
        section.run(() -> this.locks.lose(KEY));
        lease.close();
        fails(() -> assertThat(section).wasAlwaysLockedWith(KEY), "without it was");
    }

    @Test
    void noLocksAreNoLocks() {
        assertThatCode(() -> assertThat((TestLocks) null).wasNeverLocked()).isInstanceOf(AssertionError.class);
        assertThatCode(() -> assertThat((Section) null).neverOverlapped()).isInstanceOf(AssertionError.class);
    }

    private static void many(Runnable work) {
        List<CompletableFuture<Void>> all = IntStream.range(0, 8)
                .mapToObj(thread -> CompletableFuture.runAsync(
                        () -> IntStream.range(0, 100).forEach(turn -> work.run()), task -> new Thread(task).start()))
                .toList();
        all.forEach(CompletableFuture::join);
    }

    private static void fails(ThrowingCallable assertion, String... texts) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(assertion)
                .satisfies(failure -> org.assertj.core.api.Assertions.assertThat(failure.getMessage())
                        .contains(texts));
    }
}
