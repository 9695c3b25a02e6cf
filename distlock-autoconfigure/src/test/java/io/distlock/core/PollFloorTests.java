package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockRequest;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** However short a ttl is, who waits does not ask in a loop. */
class PollFloorTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final MemoryLockDriverFactory memory = new MemoryLockDriverFactory();

    private final Troubles troubles = new Troubles();

    private DistributedLocker locker(String name) {
        Instance instance = Instance.here(name);
        LockDriver driver = this.memory.create(
                new DriverSettings(name, "p:", instance.id(), Duration.ofSeconds(1), LONG, true, Optional.empty()));
        return DistributedLocker.create(
                LockerSettings.defaults(),
                instance,
                this.troubles.between(driver),
                new RandomTokens(instance),
                List.of());
    }

    @Test
    void whoWaitsWithTheShortestTtlAsksAHundredTimesASecondAtMost() {
        try (DistributedLocker holding = locker("holding");
                DistributedLocker waiting = locker("waiting")) {
            try (var lease = holding.acquire(LockRequest.of("k").ttl(LONG))) {
                LockRequest shortest = LockRequest.of("k").ttl(Duration.ofMillis(10));
                long start = System.nanoTime();
                assertThat(waiting.tryAcquire(shortest.waitFor(Duration.ofMillis(300))))
                        .isEmpty();
                long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
                assertThat((long) this.troubles.asked("line")).isBetween(2L, 5 + millis / 9);
                assertThat(lease.isHeld()).isTrue();
            }
        }
    }
}
