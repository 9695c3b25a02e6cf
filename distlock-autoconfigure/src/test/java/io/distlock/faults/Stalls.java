package io.distlock.faults;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;

/** Notices when the machine itself stands still, for which nobody who locks on it can be blamed. */
final class Stalls implements AutoCloseable {

    private static final long GLANCE = 10_000_000;

    private final AtomicLong worst = new AtomicLong();

    private final Stall told;

    private volatile boolean over;

    private Stalls(Stall told) {
        this.told = told;
        Thread watch = new Thread(this::watch, "stalls");
        watch.setDaemon(true);
        watch.start();
    }

    /** Watches from here on. */
    static Stalls begin() {
        return new Stalls((from, until) -> {});
    }

    /** @param told of every glance that came late */
    static Stalls begin(Stall told) {
        return new Stalls(told);
    }

    /** The longest so far. */
    Duration worst() {
        return Duration.ofNanos(this.worst.get());
    }

    /** Somebody else has seen it stand still for that long. */
    void seen(Duration stall) {
        this.worst.accumulateAndGet(stall.toNanos(), Math::max);
    }

    /**
     * What must be so as long as the machine did not stand still for longer than that. If it did, and it is not, the test
     * is aborted, and says why: it has proven nothing.
     */
    void unlessLongerThan(Duration most, Runnable assertions) {
        try {
            assertions.run();
        } catch (AssertionError wrong) {
            if (worst().compareTo(most) > 0) {
                Assumptions.abort(
                        "the machine stood still for " + worst() + ", so this proves nothing: " + wrong.getMessage());
            }
            throw wrong;
        }
    }

    @Override
    public void close() {
        this.over = true;
    }

    private void watch() {
        long before = System.nanoTime();
        while (!this.over) {
            LockSupport.parkNanos(GLANCE);
            long now = System.nanoTime();
            this.worst.accumulateAndGet(now - before - GLANCE, Math::max);
            this.told.stoodStill(before, now);
            before = now;
        }
    }

    /** On the clock that all processes read. */
    @FunctionalInterface
    interface Stall {

        void stoodStill(long from, long until);
    }
}
