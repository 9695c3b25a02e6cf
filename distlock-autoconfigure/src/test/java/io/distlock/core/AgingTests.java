package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.driver.DriverSettings;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a clock that does not run by itself makes of leases. */
@Timeout(30)
class AgingTests {

    private static final Duration TTL = Duration.ofHours(1);

    private static final LockRequest RENEWED = LockRequest.of("renewed").ttl(TTL);

    private static final LockRequest BRIEF = LockRequest.of("brief").ttl(TTL).autoRenew(false);

    private final AtomicLong now = new AtomicLong();

    private final Instance instance = Instance.here("aging");

    private final Troubles troubles = new Troubles();

    private final DistributedLocker locker = DistributedLocker.create(
            LockerSettings.defaults(),
            this.instance,
            this.troubles.between(new MemoryLockDriverFactory(this.now::get).create(settings())),
            new RandomTokens(this.instance),
            List.of());

    private DriverSettings settings() {
        return new DriverSettings("default", "distlock:", this.instance.id(), TTL, TTL, true, Optional.empty());
    }

    @AfterEach
    void close() {
        this.locker.close();
    }

    @Test
    void theStoreSaysHowLongALeaseReallyLasts() {
        try (Lease brief = this.locker.acquire(BRIEF);
                Lease renewed = this.locker.acquire(RENEWED)) {
            elapse(Duration.ofMinutes(40), true);
            assertThat(brief.validity()).isBetween(Duration.ofMinutes(19), Duration.ofMinutes(20));
            assertThat(renewed.validity()).isBetween(Duration.ofMinutes(58), Duration.ofMinutes(59));
        }
    }

    @Test
    void whatIsOverIsLostAtOnce() {
        try (Lease brief = this.locker.acquire(BRIEF);
                Lease renewed = this.locker.acquire(RENEWED)) {
            elapse(TTL, true);
            assertThat(brief.isHeld()).isFalse();
            assertThat(renewed.isHeld()).isFalse();
            assertThat(this.locker.locks()).isEmpty();
        }
    }

    @Test
    void whatWasRenewedMeanwhileStaysAsItIs() {
        try (Lease brief = this.locker.acquire(BRIEF);
                Lease renewed = this.locker.acquire(RENEWED)) {
            this.locker.age(TTL, false);
            assertThat(brief.isHeld()).isFalse();
            assertThat(renewed.validity()).isGreaterThan(Duration.ofMinutes(58));
        }
    }

    @Test
    void whileTheStoreIsSilentBeliefOnlyShrinks() {
        try (Lease brief = this.locker.acquire(BRIEF);
                Lease renewed = this.locker.acquire(RENEWED)) {
            this.troubles.refuseNext(Integer.MAX_VALUE, "renew", "ttl");
            elapse(Duration.ofMinutes(40), true);
            assertThat(brief.validity()).isBetween(Duration.ofMinutes(18), Duration.ofMinutes(19));
            assertThat(renewed.validity()).isBetween(Duration.ofMinutes(18), Duration.ofMinutes(19));
            elapse(Duration.ofMinutes(20), true);
            assertThat(brief.isHeld()).isFalse();
            assertThat(renewed.isHeld()).isFalse();
        }
    }

    private void elapse(Duration time, boolean renewed) {
        this.now.addAndGet(time.toNanos());
        this.locker.age(time, renewed);
    }
}
