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
        /** About to interrupt. */
        TELLING,
        TOLD,
        OVER
    }

    /** In place of a lock, since one is made for every call and nearly none is ever told. */
    private static final AtomicReferenceFieldUpdater<LossInterrupt, Object> STAGE =
            AtomicReferenceFieldUpdater.newUpdater(LossInterrupt.class, Object.class, "stage");

    /** The thread to interrupt, while nothing has happened. */
    private volatile Object stage = Thread.currentThread();

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
        if (!(this.stage instanceof Thread worker) || !STAGE.compareAndSet(this, worker, Stage.TELLING)) {
            return;
        }
        boolean ours = !worker.isInterrupted();
        try {
            if (ours) {
                worker.interrupt();
            }
        } finally {
            this.stage = ours ? Stage.TOLD : worker;
        }
    }

    @Override
    public void close() {
        Object last = this.stage;
        while (last == Stage.TELLING || !STAGE.compareAndSet(this, last, Stage.OVER)) {
            Thread.yield(); // until it is done, which takes no longer than to interrupt a thread
            last = this.stage;
        }
        if (last == Stage.TOLD) {
            Thread.interrupted();
        }
    }
}
