package io.distlock.sample;

import static io.distlock.test.LockAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.test.DistlockExtension;
import io.distlock.test.TestLocks;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A class that locks, tested without Spring; {@code docs/testing.md} shows parts of it. */
@ExtendWith(DistlockExtension.class)
class NightlyReportTests {

    static class NightlyReport {

        private static final LockRequest ONCE_A_NIGHT =
                LockRequest.of("nightly-report").waitFor(Duration.ZERO).holdAtLeast(Duration.ofHours(1));

        private final Locker locker;

        NightlyReport(Locker locker) {
            this.locker = locker;
        }

        boolean send() {
            try (Lease lease = this.locker.tryAcquire(ONCE_A_NIGHT).orElse(null)) {
                return lease != null;
            }
        }
    }

    @Test
    void theReportIsSentOnceANight(Locker locker, TestLocks locks) {
        NightlyReport report = new NightlyReport(locker);
        assertThat(report.send()).isTrue();
        assertThat(report.send()).isFalse();

        locks.advance(Duration.ofHours(1));

        assertThat(report.send()).isTrue();
        assertThat(locks).wasLockedTimes("nightly-report", 2);
    }

    @Test
    void aReportThatCrashedIsSentByAnotherInstance(Locker locker, TestLocks locks) {
        locks.elsewhere().acquire(LockRequest.of("nightly-report").autoRenew(false));
        NightlyReport report = new NightlyReport(locker);
        assertThat(report.send()).isFalse();

        locks.advance(Duration.ofSeconds(10));

        assertThat(report.send()).isTrue();
    }
}
