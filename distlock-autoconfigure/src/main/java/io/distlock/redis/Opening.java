package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection that is being opened, is open, or could not be opened. */
final class Opening {

    /** For how long a failure answers for those who ask next, so that a dead server is not besieged. */
    private static final long REST = 50_000_000;

    private final CompletableFuture<Wire> wire = new CompletableFuture<>();

    private final AtomicInteger underWay = new AtomicInteger();

    private final long since = System.nanoTime();

    private volatile long heardAt = this.since;

    private volatile boolean givenUp;

    static Opening failed(LockDriverException failure) {
        Opening failed = new Opening();
        failed.wire.completeExceptionally(failure);
        return failed;
    }

    CompletableFuture<Wire> wire() {
        return this.wire;
    }

    boolean isWorthWaitingFor(long patience) {
        if (!this.wire.isDone()) {
            return age() < patience;
        }
        return !this.wire.isCompletedExceptionally() || age() < REST;
    }

    /** @return false when it was given up, and the command must take another */
    boolean begin() {
        this.underWay.incrementAndGet();
        if (this.givenUp) {
            end();
            return false;
        }
        return true;
    }

    void end() {
        if (this.underWay.decrementAndGet() == 0 && this.givenUp) {
            close();
        }
    }

    void heard() {
        this.heardAt = System.nanoTime();
    }

    long heardAt() {
        return this.heardAt;
    }

    /** Nothing new is sent over it. It is closed when the last command on it has ended, since it may still answer some. */
    void giveUp() {
        this.givenUp = true;
        if (this.underWay.get() == 0) {
            close();
        }
    }

    /** Closes the connection, also one that opens only later; what is under way on it fails. */
    CompletionStage<Void> close() {
        return this.wire.thenCompose(open -> open.connection().closeAsync());
    }

    private long age() {
        return System.nanoTime() - this.since;
    }
}
