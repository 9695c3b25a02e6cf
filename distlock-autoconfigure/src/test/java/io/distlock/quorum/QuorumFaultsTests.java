package io.distlock.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Cases;
import io.distlock.Lease;
import io.distlock.LockException;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.core.DistributedLocker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three instances lock over three real servers, while servers die, hang and come back empty. */
@Timeout(120)
class QuorumFaultsTests {

    private static final Duration TTL = Duration.ofMillis(1500);

    private static final Duration REJOIN = Duration.ofMillis(1600);

    private static final LockRequest TRY = LockRequest.of("held").waitFor(Duration.ZERO);

    private final RedisNodes nodes = RedisNodes.start(3);

    private final List<DistributedLocker> instances = new ArrayList<>();

    private final List<Thread> workers = new ArrayList<>();

    private final AtomicInteger cycles = new AtomicInteger();

    private final AtomicInteger losses = new AtomicInteger();

    private final Watch watch = new Watch();

    private volatile boolean stopped;

    @BeforeEach
    void work() {
        this.nodes.warmUp();
        for (int i = 0; i < 3; i++) {
            DistributedLocker instance = Instances.open(
                    "faults:",
                    TTL,
                    this.nodes.addresses(),
                    REJOIN,
                    new QuorumLockDriverFactory(this.nodes.redis())::create);
            this.instances.add(instance);
            Thread worker = new Thread(() -> work(instance), "worker-" + i);
            this.workers.add(worker);
            worker.start();
        }
        awaitCycles(); // once the servers have been up for long enough to vote
    }

    @AfterEach
    void stop() throws InterruptedException {
        this.stopped = true;
        for (Thread worker : this.workers) {
            worker.join();
        }
        this.instances.forEach(DistributedLocker::close);
        this.watch.close();
        this.nodes.close();
        assertThat(this.watch.overlaps()).isZero();
    }

    @Test
    @Cases("RS-A6")
    void oneDownOfThreeCostsNoLock() {
        Lease held = held();
        this.nodes.get(2).kill();
        awaitCycles();
        pass(TTL);
        assertThat(held.isHeld()).isTrue();

        this.nodes.get(2).restart(); // empty
        await().until(() -> this.nodes.get(2).call("GET", "faults:held") != null);
        this.nodes.get(0).kill();
        pass(TTL);
        assertThat(held.isHeld()).isTrue();
        assertThat(this.losses).hasValue(0);
        awaitCycles();
        held.close();
    }

    @Test
    void twoDownOfThreeAreUnavailableAndHoldersAreTold() {
        Lease held = held();
        this.nodes.get(1).kill();
        this.nodes.get(2).kill();
        assertUnavailableInTime();
        assertToldInTime(held);

        this.nodes.get(1).restart();
        this.nodes.get(2).restart();
        awaitCycles();
    }

    @Test
    void twoPausedOfThreeAreUnavailableInTimeAndNobodyOverlaps() {
        Lease held = held();
        this.nodes.get(1).pause();
        this.nodes.get(2).pause();
        assertUnavailableInTime();
        assertToldInTime(held);

        this.nodes.get(1).resume();
        this.nodes.get(2).resume();
        awaitCycles();
    }

    private void assertUnavailableInTime() {
        long start = System.nanoTime();
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> this.instances.get(2).acquire(TRY.ttl(TTL)))
                .withMessageContaining("2 of 3 nodes gave no answer, and 2 must")
                .withMessageContaining(":" + this.nodes.get(1).port())
                .withMessageContaining(":" + this.nodes.get(2).port());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    }

    /** By its own clock, so that it is over before anybody else can have it; the watch sees that. */
    private static void assertToldInTime(Lease held) {
        await().atMost(TTL.plusSeconds(2)).until(() -> !held.isHeld());
    }

    private Lease held() {
        Lease held = this.instances.get(0).acquire(LockRequest.of("held").waitFor(Duration.ofSeconds(20)));
        held.onLost(lost -> this.losses.incrementAndGet());
        return held;
    }

    private void awaitCycles() {
        int before = this.cycles.get();
        await().atMost(Duration.ofSeconds(30)).until(() -> this.cycles.get() > before + 20);
    }

    /** What must not happen has that long to happen. */
    private static void pass(Duration time) {
        await().pollDelay(time).atMost(time.multipliedBy(4)).until(() -> true);
    }

    private void work(Locker locker) {
        while (!this.stopped) {
            try (Lease lease = locker.acquire("shared")) {
                this.watch.begin(lease);
                LockSupport.parkNanos(2_000_000);
                this.watch.end(lease);
                this.cycles.incrementAndGet();
            } catch (LockException busyOrAway) {
                // the next cycle tries again
            }
        }
    }
}
