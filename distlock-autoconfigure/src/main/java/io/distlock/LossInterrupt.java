package io.distlock;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Interrupts the thread that made it, once, when the lease is lost before {@link #close()}. Close clears the flag if
 * that interrupt set it; an interrupt of somebody else that comes after ours cannot be told from it and is cleared too.
 * For code that wraps calls, as {@link WhenLost#INTERRUPT} wants it.
 */
public final class LossInterrupt implements Consumer<LockLost>, AutoCloseable {

    private final ReentrantLock gate = new ReentrantLock();

    private final Thread worker = Thread.currentThread();

    private boolean over;

    private boolean ours;

    private LossInterrupt() {}

    /** From here until {@link #close()} the current thread is told of the loss. */
    public static LossInterrupt onLossOf(Lease lease) {
        LossInterrupt interrupt = new LossInterrupt();
        lease.onLost(interrupt);
        return interrupt;
    }

    /** Called by the lease, from another thread; a second loss, of another of several keys, changes nothing. */
    @Override
    public void accept(LockLost loss) {
        this.gate.lock();
        try {
            if (!this.over && !this.ours && !this.worker.isInterrupted()) {
                this.ours = true;
                this.worker.interrupt();
            }
        } finally {
            this.gate.unlock();
        }
    }

    @Override
    public void close() {
        this.gate.lock();
        try {
            this.over = true;
            if (this.ours) {
                Thread.interrupted();
            }
        } finally {
            this.gate.unlock();
        }
    }
}
