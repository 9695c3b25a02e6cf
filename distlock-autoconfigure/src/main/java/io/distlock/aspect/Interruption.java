package io.distlock.aspect;

import io.distlock.Lease;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Interrupts the thread that made it, once, when the lease is lost before {@link #close()}. Close clears the flag if
 * that interrupt set it, so that nothing of it is left for the code that comes after; an interrupt of somebody else that
 * comes after ours cannot be told from it and is cleared too.
 */
final class Interruption implements AutoCloseable {

    private final ReentrantLock lock = new ReentrantLock();

    private final Thread worker = Thread.currentThread();

    private boolean over;

    private boolean ours;

    private Interruption() {}

    static Interruption onLossOf(Lease lease) {
        Interruption interruption = new Interruption();
        lease.onLost(loss -> interruption.interrupt());
        return interruption;
    }

    private void interrupt() {
        this.lock.lock();
        try {
            if (!this.over && !this.worker.isInterrupted()) {
                this.ours = true;
                this.worker.interrupt();
            }
        } finally {
            this.lock.unlock();
        }
    }

    @Override
    public void close() {
        this.lock.lock();
        try {
            this.over = true;
            if (this.ours) {
                Thread.interrupted();
            }
        } finally {
            this.lock.unlock();
        }
    }
}
