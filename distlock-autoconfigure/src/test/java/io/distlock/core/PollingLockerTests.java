package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.distlock.Cases;
import io.distlock.Lease;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.memory.MemoryLockDriverFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting where the store keeps no line, and what a locker may be told to do with every request. */
@Timeout(30)
class PollingLockerTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final MemoryLockDriverFactory memory = new MemoryLockDriverFactory();

    private final List<DistributedLocker> lockers = new ArrayList<>();

    private final AtomicInteger questions = new AtomicInteger();

    private final Locker holder = locker(Retry.defaults(), false);

    @AfterEach
    void close() {
        this.lockers.forEach(DistributedLocker::close);
    }

    @Test
    @Cases({"BS-29", "BS-35"})
    void whoHasAskedAsOftenAsIsAllowedIsToldThatTheLockIsBusy() {
        this.holder.acquire("k");
        this.questions.set(0);
        Locker locker = locker(retry(1, 2), false);
        for (int acquisition = 1; acquisition <= 2; acquisition++) {
            assertThatExceptionOfType(LockNotAcquiredException.class)
                    .isThrownBy(() -> locker.acquire(LockRequest.of("k").waitFor(LONG)))
                    .satisfies(refused -> {
                        assertThat(refused.reason()).isEqualTo(LockNotAcquiredException.Reason.BUSY);
                        assertThat(refused.holder()).isPresent();
                    });
            assertThat(this.questions).hasValue(3 * acquisition);
        }
    }

    @Test
    @Cases("BS-30")
    void whoGetsTheLockAtOnceAsksOnce() {
        locker(retry(1, 1), false).acquire("k");
        assertThat(this.questions).hasValue(1);
    }

    @Test
    @Cases({"BS-32", "BS-38", "BS-39"})
    void whoAsksAgainGetsTheLockOnceItIsFree() throws Exception {
        Lease held = this.holder.acquire("k");
        CompletableFuture<Lease> waiting =
                locker(retry(20, 0), false).acquireAsync(LockRequest.of("k").waitFor(LONG));
        assertThat(locker(Retry.defaults(), false)
                        .tryAcquire(LockRequest.of("k").waitFor(Duration.ZERO)))
                .isEmpty();
        held.close();
        assertThat(waiting.get(10, TimeUnit.SECONDS).fencingToken()).isGreaterThan(held.fencingToken());
    }

    @Test
    @Cases("FX-9")
    void aWaitLongerThanTheTtlIsRefusedWhereThatIsAskedFor() {
        Locker strict = locker(Retry.defaults(), true);
        LockRequest request = LockRequest.of("k").ttl(Duration.ofSeconds(2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> strict.acquire(request.waitFor(Duration.ofSeconds(3))))
                .withMessageContaining("wait-within-ttl")
                .withMessageContaining("[k] waits PT3S for a ttl of PT2S");
        strict.acquire(request.waitFor(Duration.ofSeconds(2))).close();
    }

    @Test
    void factsOfALockerStandBesideEveryLockAndThoseOfARequestWin() {
        DistributedLocker locker = locker(Retry.defaults(), false);
        locker.acquire(LockRequest.of("k").metadata(Map.of("team", "night")));
        locker.acquire("j");
        assertThat(locker.inspect("k").orElseThrow().metadata())
                .containsEntry("team", "night")
                .containsEntry("site", "a");
        assertThat(locker.inspect("j").orElseThrow().metadata()).containsEntry("team", "day");
    }

    private static Retry retry(int pause, int limit) {
        return new Retry(Retry.Strategy.CONSTANT, Duration.ofMillis(pause), Duration.ofMillis(pause), 0, limit);
    }

    private DistributedLocker locker(Retry retry, boolean waitWithinTtl) {
        LockerSettings settings = new LockerSettings(
                "test",
                "p:",
                LONG,
                Duration.ZERO,
                LONG,
                true,
                null,
                Duration.ZERO,
                LONG,
                0,
                0,
                Duration.ZERO,
                Duration.ZERO,
                retry,
                waitWithinTtl,
                Map.of("team", "day", "site", "a"));
        Instance instance = Instance.here("test");
        DistributedLocker made = DistributedLocker.create(
                settings, instance, withoutLine(instance), new RandomTokens(instance), List.of());
        this.lockers.add(made);
        return made;
    }

    /** Only what every driver has, and the questions are counted. */
    private LockDriver withoutLine(Instance instance) {
        LockDriver driver = this.memory.create(
                new DriverSettings("test", "p:", instance.id(), Duration.ofSeconds(1), LONG, true, Optional.empty()));
        return (LockDriver) Proxy.newProxyInstance(
                LockDriver.class.getClassLoader(), new Class<?>[] {LockDriver.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("acquire")) {
                        this.questions.incrementAndGet();
                    }
                    return method.invoke(driver, arguments);
                });
    }
}
