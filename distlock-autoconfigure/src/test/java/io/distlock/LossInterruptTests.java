package io.distlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.test.TestLocks;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The interrupt of a loss comes while the call runs, or not at all. */
class LossInterruptTests {

    private static final int MEETINGS = 2_000;

    private static final LockLost LOSS = new LockLost(Set.of("k"), "k", 1, LockLost.Reason.GONE, Duration.ofSeconds(1));

    private final TestLocks locks = TestLocks.create();

    @AfterEach
    void close() {
        this.locks.close();
    }

    @Test
    void nothingOfItIsLeftWhenACallEndsWhileTheLossIsTold() throws InterruptedException {
        try (Lease lease = this.locks.locker().acquire("k")) {
            for (int i = 0; i < MEETINGS; i++) {
                LossInterrupt interrupt = LossInterrupt.onLossOf(lease);
                Thread telling = new Thread(() -> interrupt.accept(LOSS));
                telling.start();
                for (int pause = i % 100; pause > 0; pause--) {
                    Thread.onSpinWait();
                }
                interrupt.close();
                telling.join(); // throws if the flag is still set, or is set now
                assertThat(Thread.interrupted()).as("meeting %s", i).isFalse();
            }
        }
    }

    @Test
    void whoWasInterruptedByOthersStaysSo() {
        try (Lease lease = this.locks.locker().acquire("k")) {
            LossInterrupt interrupt = LossInterrupt.onLossOf(lease);
            Thread.currentThread().interrupt();
            interrupt.accept(LOSS);
            interrupt.close();
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aLossThatIsToldInTimeInterruptsAndIsClearedOnce() {
        try (Lease lease = this.locks.locker().acquire("k")) {
            LossInterrupt interrupt = LossInterrupt.onLossOf(lease);
            interrupt.accept(LOSS);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            interrupt.close();
            assertThat(Thread.interrupted()).isFalse();
            interrupt.accept(LOSS);
            assertThat(Thread.interrupted()).as("after the end").isFalse();
        }
    }
}
