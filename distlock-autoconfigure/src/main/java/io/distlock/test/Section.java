package io.distlock.test;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A piece of work that is watched: put it where only one may be at a time, say into the fake of what the lock protects.
 * {@link LockAssertions} then tells whether two ever were there at once, and whether each was under a lock.
 */
public final class Section {

    private final LockHistory history;

    private final Queue<Stay> stays = new ConcurrentLinkedQueue<>();

    private volatile Duration atLeast = Duration.ZERO;

    Section(LockHistory history) {
        this.history = history;
    }

    /** From here on whoever enters stays at least that long, so that two without a lock will meet. */
    public Section lasting(Duration time) {
        this.atLeast = time;
        return this;
    }

    /** The current thread is inside until it closes what this returns. */
    public Visit enter() {
        long entered = this.history.moment();
        long earliest = System.nanoTime() + this.atLeast.toNanos();
        return () -> {
            while (earliest - System.nanoTime() > 0) {
                LockSupport.parkNanos(earliest - System.nanoTime());
            }
            this.stays.add(new Stay(Thread.currentThread(), entered, this.history.moment()));
        };
    }

    /** Does {@code work} inside. */
    public void run(Runnable work) {
        try (Visit visit = enter()) {
            work.run();
        }
    }

    /** In the order of their beginnings. */
    List<Stay> stays() {
        return this.stays.stream()
                .sorted(Comparator.comparingLong(Stay::entered))
                .toList();
    }

    /** Whether a lease of the key that was never lost lasted for all of that stay. */
    boolean isCovered(Stay stay, String key) {
        return this.history.leases(key).stream()
                .anyMatch(
                        lease -> lease.lost().isEmpty() && lease.taken() < stay.entered() && stay.left() < lease.end());
    }

    /** Somebody inside. */
    @FunctionalInterface
    public interface Visit extends AutoCloseable {

        /** Leaves. */
        @Override
        void close();
    }

    /**
     * @param thread that was inside
     * @param entered moment
     * @param left moment
     */
    record Stay(Thread thread, long entered, long left) {

        @Override
        public String toString() {
            return "thread '" + this.thread.getName() + "' from moment " + this.entered + " to " + this.left;
        }
    }
}
