package io.distlock.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls what was registered for losses apart from those who lock and from each other: a slow one keeps a thread, and
 * nobody else. Up to so many run at once, since many leases may be lost at once; what comes while all of those are slow
 * waits for the first of them. Threads live as long as there is something to call.
 */
final class Callbacks {

    private final int most;

    private final ThreadFactory threads;

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    private final AtomicInteger running = new AtomicInteger();

    Callbacks(int most, ThreadFactory threads) {
        this.most = most;
        this.threads = threads;
    }

    void call(Runnable callback) {
        this.waiting.add(callback);
        if (enter()) {
            start();
        }
    }

    private void start() {
        try {
            this.threads.newThread(this::callAll).start();
        } catch (RuntimeException | Error none) {
            this.running.decrementAndGet();
            throw none;
        }
    }

    private boolean enter() {
        return this.running.getAndUpdate(now -> now < this.most ? now + 1 : now) < this.most;
    }

    private void callAll() {
        do {
            for (Runnable next = this.waiting.poll(); next != null; next = this.waiting.poll()) {
                Tellers.quietly(next);
            }
            this.running.decrementAndGet();
            // somebody may have come when all seemed to be busy
        } while (!this.waiting.isEmpty() && enter());
    }
}
