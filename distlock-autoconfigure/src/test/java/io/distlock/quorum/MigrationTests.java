package io.distlock.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.core.DistributedLocker;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The steps of {@code docs/drivers-sequence.md}: old, old and new, new; one instance after the other. */
@Timeout(120)
class MigrationTests {

    private static final int CYCLES = 1000;

    private static final int INSTANCES = 3;

    private final RedisNodes nodes = RedisNodes.start(2);

    private final AtomicInteger cycles = new AtomicInteger();

    private final AtomicInteger inside = new AtomicInteger();

    private final AtomicInteger overlaps = new AtomicInteger();

    private final AtomicLong lastFence = new AtomicLong();

    private final AtomicInteger fencesThatFell = new AtomicInteger();

    /** How many cycles each step saw. */
    private final AtomicIntegerArray bySteps = new AtomicIntegerArray(3);

    @AfterEach
    void stop() {
        this.nodes.close();
    }

    @Test
    void aThousandLockCyclesMoveFromOneRedisToAnotherWithoutAnOverlap() throws InterruptedException {
        this.nodes.warmUp();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < INSTANCES; i++) {
            int number = i;
            Thread thread = new Thread(() -> run(number), "instance-" + i);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(this.cycles.get()).isGreaterThanOrEqualTo(CYCLES);
        assertThat(this.overlaps).hasValue(0);
        assertThat(this.fencesThatFell).hasValue(0);
        for (int step = 0; step < 3; step++) {
            assertThat(this.bySteps.get(step)).as("cycles of step " + step).isGreaterThan(50);
        }
        assertThat(this.nodes.get(0).call("GET", "moving:k")).isNull();
    }

    /** One instance after the other is configured anew, and everywhere one step is over before the next begins. */
    private int step(int instance) {
        int done = this.cycles.get() * 100 / CYCLES;
        if (done >= 60 + 5 * instance) {
            return 2;
        }
        return done >= 25 + 5 * instance ? 1 : 0;
    }

    private void run(int number) {
        while (this.cycles.get() < CYCLES) {
            int step = step(number);
            try (DistributedLocker locker = open(step)) {
                while (this.cycles.get() < CYCLES && step(number) == step) {
                    cycle(locker, step);
                }
            }
        }
    }

    private void cycle(DistributedLocker locker, int step) {
        Optional<Lease> taken = locker.tryAcquire(LockRequest.of("k").waitFor(Duration.ofMillis(200)));
        if (taken.isEmpty()) {
            return;
        }
        try (Lease lease = taken.get()) {
            if (this.inside.incrementAndGet() != 1) {
                this.overlaps.incrementAndGet();
            }
            long fence = lease.fencingToken();
            if (this.lastFence.getAndSet(fence) >= fence) {
                this.fencesThatFell.incrementAndGet();
            }
            Thread.yield();
            this.inside.decrementAndGet();
        }
        this.bySteps.incrementAndGet(step);
        this.cycles.incrementAndGet();
    }

    private DistributedLocker open(int step) {
        List<String> addresses = this.nodes.addresses();
        List<String> locked = step == 0 ? addresses.subList(0, 1) : step == 1 ? addresses : addresses.subList(1, 2);
        return Instances.open(
                "moving:", Duration.ofSeconds(10), locked, Duration.ZERO, settings -> driver(step, settings));
    }

    private LockDriver driver(int step, DriverSettings settings) {
        return step == 1
                ? new SequenceLockDriverFactory(this.nodes.redis()).create(settings)
                : this.nodes.redis().get().get(0).create(settings);
    }
}
