package io.distlock.faults;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Notices when the machine itself stands still, for which nobody who locks on it can be blamed. */
final class Stalls implements AutoCloseable {

    private static final long GLANCE = 10_000_000;

    private final AtomicLong worst = new AtomicLong();

    private volatile boolean over;

    private Stalls() {
        Thread watch = new Thread(this::watch, "stalls");
        watch.setDaemon(true);
        watch.start();
    }

    /** Watches from here on. */
    static Stalls begin() {
        return new Stalls();
    }

    /** The longest so far. */
    Duration worst() {
        return Duration.ofNanos(this.worst.get());
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
            before = now;
        }
    }
}
