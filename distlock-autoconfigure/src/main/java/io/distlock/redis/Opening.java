package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** A connection that is being opened, is open, or could not be opened. */
final class Opening {

    /** For how long a failure answers for those who ask next, so that a dead server is not besieged. */
    private static final long REST = 50_000_000;

    private final CompletableFuture<Wire> wire = new CompletableFuture<>();

    private final AtomicBoolean givenUp = new AtomicBoolean();

    private final long since = System.nanoTime();

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

    /** Closes the connection, also one that opens only later; what is under way on it fails. */
    CompletionStage<Void> giveUp() {
        return this.givenUp.compareAndSet(false, true)
                ? this.wire.thenCompose(open -> open.connection().closeAsync())
                : CompletableFuture.completedFuture(null);
    }

    private long age() {
        return System.nanoTime() - this.since;
    }
}
