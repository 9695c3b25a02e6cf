package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a locker remembers of a key while somebody holds or awaits it here, and nothing afterwards. */
class ForgottenLinesTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    private static final int MOST = 3;

    private static final LockRequest ALONE = LockRequest.of("k");

    private static final LockRequest SHARED = ALONE.shared();

    private final MemoryLockDriverFactory memory = new MemoryLockDriverFactory();

    private final Troubles troubles = new Troubles();

    private final DistributedLocker locker = locker("here", MOST);

    private final DistributedLocker other = locker("there", 0);

    private DistributedLocker locker(String name, int mostWaiters) {
        LockerSettings usual = LockerSettings.defaults();
        LockerSettings settings = new LockerSettings(
                name,
                "p:",
                LONG,
                LONG,
                LONG,
                true,
                null,
                Duration.ZERO,
                LONG,
                mostWaiters,
                usual.passMax(),
                usual.passTime(),
                Duration.ofMillis(10));
        Instance instance = Instance.here(name);
        LockDriver driver = this.memory.create(
                new DriverSettings(name, "p:", instance.id(), Duration.ofSeconds(1), LONG, true, Optional.empty()));
        return DistributedLocker.create(
                settings, instance, this.troubles.between(driver), new RandomTokens(instance), List.of());
    }

    @AfterEach
    void close() {
        this.locker.close();
        this.other.close();
    }

    private void assertNothingIsRemembered() {
        await().untilAsserted(() -> assertThat(KeyLines.of(this.locker)).isEmpty());
    }

    @Test
    void aHoldIsRememberedUntilItsRelease() {
        for (LockRequest request : List.of(ALONE, SHARED, ALONE.permits(2), LockRequest.of("k", "l"))) {
            Lease lease = this.locker.acquire(request);
            assertThat(KeyLines.of(this.locker)).as("%s", request).isNotEmpty();
            lease.release();
            assertNothingIsRemembered();
        }
        Lease elsewhere = this.other.acquire(ALONE);
        Lease adopted = this.locker.adopt("k", elsewhere.token(), LONG).orElseThrow();
        assertThat(KeyLines.of(this.locker)).isNotEmpty();
        adopted.release();
        assertNothingIsRemembered();
    }

    @Test
    void whoeverIsRefusedIsForgotten() {
        Lease held = this.other.acquire(ALONE);
        for (Duration wait : List.of(Duration.ZERO, Duration.ofMillis(20))) {
            for (LockRequest request : List.of(ALONE, SHARED, ALONE.token("mine"), LockRequest.of("a", "k"))) {
                assertThat(this.locker.tryAcquire(request.waitFor(wait))).isEmpty();
                assertNothingIsRemembered();
            }
        }
        held.release();
    }

    @Test
    void whoeverLeavesOrIsUnavailableIsForgotten() {
        Lease held = this.other.acquire(ALONE);
        for (LockRequest request : List.of(ALONE, SHARED, LockRequest.of("a", "k"))) {
            CompletableFuture<Lease> future = this.locker.acquireAsync(request);
            await().until(() -> !KeyLines.of(this.locker).isEmpty());
            future.cancel(true);
            assertNothingIsRemembered();
        }
        held.release();
        for (LockRequest request : List.of(ALONE, SHARED)) {
            this.troubles.refuseNext(1, "acquire", "line");
            assertThat(this.locker.acquireAsync(request)).failsWithin(Duration.ofSeconds(10));
            assertNothingIsRemembered();
        }
    }

    @Test
    void whoeverWaitedIsForgottenAfterItsTurn() {
        Lease held = this.other.acquire(ALONE);
        List<CompletableFuture<Lease>> turns = List.of(
                this.locker.acquireAsync(ALONE), this.locker.acquireAsync(ALONE), this.locker.acquireAsync(SHARED));
        held.release();
        turns.forEach(turn -> turn.orTimeout(10, TimeUnit.SECONDS).thenAcceptAsync(Lease::release));
        turns.forEach(CompletableFuture::join);
        assertNothingIsRemembered();
    }

    @Test
    void ofThoseWhoWouldShareAtOnceNoMoreThanAllowedWait() throws Exception {
        Lease held = this.other.acquire(ALONE);
        int many = 24;
        CyclicBarrier start = new CyclicBarrier(many);
        List<CompletableFuture<Lease>> asked = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                } catch (Exception broken) {
                    throw new IllegalStateException(broken);
                }
                asked.add(this.locker.acquireAsync(SHARED));
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        await().until(() -> asked.stream().filter(CompletableFuture::isDone).count() == many - MOST);
        held.release();
        for (CompletableFuture<Lease> one : asked) {
            if (!one.isCompletedExceptionally()) {
                one.get(10, TimeUnit.SECONDS).release();
            }
        }
        assertNothingIsRemembered();
        assertThat(this.locker.tryAcquire(SHARED)).as("there is room again").isPresent();
    }
}
