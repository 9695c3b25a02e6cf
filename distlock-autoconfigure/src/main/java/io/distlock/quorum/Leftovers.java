package io.distlock.quorum;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What one node may still hold of attempts that are over, because it did not answer. Now and then it is asked to end one,
 * and once it answers, one after the other; what its ttl has ended by then is forgotten.
 */
final class Leftovers {

    /** A node that is away for long must not fill the memory; what does not fit ends with its ttl. */
    private static final int MOST = 10_000;

    private static final long PAUSE = Duration.ofMillis(250).toNanos();

    private final Queue<Leftover> waiting = new ConcurrentLinkedQueue<>();

    private final AtomicInteger size = new AtomicInteger();

    private final AtomicBoolean scheduled = new AtomicBoolean();

    private volatile boolean closed;

    void keep(Supplier<? extends CompletionStage<?>> question, long until) {
        if (this.closed) {
            return;
        }
        if (this.size.incrementAndGet() > MOST) {
            this.size.decrementAndGet();
            return;
        }
        this.waiting.add(new Leftover(question, until));
        after(PAUSE);
    }

    private void after(long pause) {
        if (!this.closed && !this.waiting.isEmpty() && this.scheduled.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(pause, TimeUnit.NANOSECONDS, Runnable::run)
                    .execute(this::next);
        }
    }

    private void next() {
        Leftover first = this.waiting.poll();
        while (first != null && System.nanoTime() - first.until >= 0) {
            this.size.decrementAndGet();
            first = this.waiting.poll();
        }
        if (first == null || this.closed) {
            this.scheduled.set(false);
            after(PAUSE);
            return;
        }
        Leftover asked = first;
        asked.question.get().whenComplete((found, failure) -> {
            this.size.decrementAndGet();
            this.scheduled.set(false);
            if (failure == null) {
                after(0);
            } else {
                keep(asked.question, asked.until);
            }
        });
    }

    void close() {
        this.closed = true;
        this.waiting.clear();
    }

    private record Leftover(Supplier<? extends CompletionStage<?>> question, long until) {}
}
