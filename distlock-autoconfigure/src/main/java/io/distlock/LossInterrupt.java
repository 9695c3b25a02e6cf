package io.distlock;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;

/**
 * Interrupts the thread that made it, once, when the lease is lost before {@link #close()}. Close clears the flag if
 * that interrupt set it; an interrupt of somebody else that comes after ours cannot be told from it and is cleared too.
 * For code that wraps calls, as {@link WhenLost#INTERRUPT} wants it.
 */
public final class LossInterrupt implements Consumer<LockLost>, AutoCloseable {

    private enum Stage {
        WAITING,
        /** About to interrupt. */
        TELLING,
        TOLD,
        OVER
    }

    /** In place of a lock, since one is made for every call and nearly none is ever told. */
    private static final AtomicReferenceFieldUpdater<LossInterrupt, Stage> STAGE =
            AtomicReferenceFieldUpdater.newUpdater(LossInterrupt.class, Stage.class, "stage");

    private final Thread worker = Thread.currentThread();

    private volatile Stage stage = Stage.WAITING;

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
        if (!STAGE.compareAndSet(this, Stage.WAITING, Stage.TELLING)) {
            return;
        }
        boolean ours = !this.worker.isInterrupted();
        try {
            if (ours) {
                this.worker.interrupt();
            }
        } finally {
            this.stage = ours ? Stage.TOLD : Stage.WAITING;
        }
    }

    @Override
    public void close() {
        while (!STAGE.compareAndSet(this, Stage.WAITING, Stage.OVER)) {
            Stage now = this.stage;
            if (now == Stage.TOLD || now == Stage.OVER) {
                end(now);
                return;
            }
            Thread.yield(); // until it is done, which takes no longer than to interrupt a thread
        }
    }

    private void end(Stage last) {
        this.stage = Stage.OVER;
        if (last == Stage.TOLD) {
            Thread.interrupted();
        }
    }
}
