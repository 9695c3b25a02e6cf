package io.distlock.benchmarks.worker;

/** Lets threads run and waits until all of them rest. */
final class Gate {

    private final int threads;

    private volatile boolean open;

    private int resting;

    Gate(int threads) {
        this.threads = threads;
    }

    boolean isOpen() {
        return this.open;
    }

    synchronized void open() {
        this.open = true;
        this.resting = 0;
        notifyAll();
    }

    /** Waits until every thread has come to rest. */
    synchronized void close() throws InterruptedException {
        this.open = false;
        while (this.resting < this.threads) {
            wait();
        }
    }

    /** Rests until the gate opens. */
    synchronized void rest() throws InterruptedException {
        this.resting++;
        notifyAll();
        while (!this.open) {
            wait();
        }
    }
}
