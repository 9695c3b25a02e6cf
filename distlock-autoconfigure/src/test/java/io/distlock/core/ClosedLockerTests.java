package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever asks for a future is told, also at the end of a locker and after it. */
class ClosedLockerTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    private static final Duration SOON = Duration.ofSeconds(10);

    private static final LockRequest TWO = LockRequest.of("1", "2").waitFor(LONG);

    private final Troubles troubles = new Troubles();

    private final MemoryLockDriverFactory memory = new MemoryLockDriverFactory();

    private final DistributedLocker locker = locker();

    private DistributedLocker locker() {
        LockerSettings usual = LockerSettings.defaults();
        LockerSettings settings = new LockerSettings(
                "test",
                "p:",
                LONG,
                LONG,
                LONG,
                true,
                null,
                Duration.ZERO,
                LONG,
                0,
                usual.passMax(),
                usual.passTime(),
                Duration.ofMillis(10));
        Instance instance = Instance.here("test");
        LockDriver driver = this.memory.create(
                new DriverSettings("test", "p:", instance.id(), Duration.ofSeconds(1), LONG, true, Optional.empty()));
        return DistributedLocker.create(
                settings, instance, this.troubles.between(driver), new RandomTokens(instance), List.of());
    }

    private static void assertClosed(CompletableFuture<Lease> future) {
        assertThat(future)
                .failsWithin(SOON)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        LockNotAcquiredException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.CLOSED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT1M"})
    void aFutureThatIsAskedForAfterTheEndIsRefused(Duration waitFor) {
        this.locker.close();
        assertClosed(this.locker.acquireAsync(LockRequest.of("1").waitFor(waitFor)));
        assertClosed(this.locker.acquireAsync(TWO.waitFor(waitFor)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1,2"})
    void aFutureThatWaitsIsRefusedAtTheEnd(String keys) {
        try (DistributedLocker other = locker()) {
            other.acquire("1");
            LockRequest request = keys.equals("1") ? LockRequest.of("1").waitFor(LONG) : TWO;
            CompletableFuture<Lease> future = this.locker.acquireAsync(request);
            await().until(() -> !this.locker.locks().isEmpty());
            this.locker.close();
            assertClosed(future);
        }
    }

    @Test
    void aFutureWhoseAnswerComesAfterTheEndIsRefusedAndLeavesNothing() {
        try (DistributedLocker other = locker()) {
            this.troubles.delayAnswers(Duration.ofMillis(300), "acquireAll");
            CompletableFuture<Lease> future = this.locker.acquireAsync(TWO);
            this.troubles.delayAnswers(Duration.ZERO, "acquireAll");
            await().until(() -> other.inspect("1").isPresent());
            this.locker.close();
            assertClosed(future);
        }
    }

    @Test
    void anAdoptionWhoseAnswerComesAfterTheEndIsToldLost() throws Exception {
        try (DistributedLocker other = locker()) {
            String token = other.acquire("1").token();
            this.troubles.delayAnswers(Duration.ofMillis(300), "adopt");
            List<LockLost> told = new CopyOnWriteArrayList<>();
            CompletableFuture<Lease> adopting = CompletableFuture.supplyAsync(() -> {
                Lease adopted = this.locker.adopt("1", token, LONG).orElseThrow();
                adopted.onLost(told::add);
                return adopted;
            });
            await().until(() -> this.troubles.asked("adopt") > 0);
            this.locker.close();
            assertThat(adopting.get(10, TimeUnit.SECONDS).isHeld()).isFalse();
            await().untilAsserted(() ->
                    assertThat(told).extracting(LockLost::reason).containsExactly(LockLost.Reason.CLOSED));
        }
    }
}
