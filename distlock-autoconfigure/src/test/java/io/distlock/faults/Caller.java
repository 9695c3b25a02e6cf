package io.distlock.faults;

import io.distlock.Lease;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** A thread that asks for one lock and keeps what it gets. */
final class Caller {

    private final CompletableFuture<Lease> answer = new CompletableFuture<>();

    private final Thread thread;

    private volatile long answeredAt;

    private Caller(RunningInstance instance, LockRequest request) {
        this.thread = new Thread(
                () -> {
                    try {
                        Lease lease = instance.locker().acquire(request);
                        this.answeredAt = System.nanoTime();
                        this.answer.complete(lease);
                    } catch (RuntimeException refused) {
                        this.answeredAt = System.nanoTime();
                        this.answer.completeExceptionally(refused);
                    }
                },
                "caller");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    static Caller of(RunningInstance instance, LockRequest request) {
        return new Caller(instance, request);
    }

    CompletableFuture<Lease> answer() {
        return this.answer;
    }

    boolean isParked() {
        return this.thread.getState() == Thread.State.TIMED_WAITING;
    }

    boolean hasAnswer() {
        return this.answer.isDone();
    }

    /** On {@link System#nanoTime()}, once it has its answer. */
    long answeredAt() {
        return this.answeredAt;
    }

    void interrupt() {
        this.thread.interrupt();
    }

    /** The lease, which came in time for any test. */
    Lease lease() {
        return this.answer.orTimeout(25, TimeUnit.SECONDS).join();
    }

    /** The refusal, which came in time for any test. */
    LockNotAcquiredException refusal() {
        try {
            Lease lease = lease();
            throw new AssertionError("Not refused: " + lease);
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof LockNotAcquiredException refused) {
                return refused;
            }
            throw failure;
        }
    }
}
