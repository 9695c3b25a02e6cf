package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The connection that commands go over: opened at first use, and replaced when it has fallen silent, since a connection
 * may be dead without a word.
 */
final class CommandConnection {

    /**
     * The first connection of a process loads classes and starts threads, on a cold machine for longer than any command may
     * take. It has this long once, from when it was first asked for, and not with every command: a server that is silent
     * from the start must not cost each caller so much. The check at start-up uses it up before anything locks.
     */
    private static final Duration FIRST = Duration.ofSeconds(5);

    private static final long NEVER = 0;

    /** One silent node is no reason to connect to all the others again and again. */
    private static final long CLUSTER_REST = Duration.ofSeconds(10).toNanos();

    private final LettuceDoor door;

    private final Duration patience;

    private final Runnable onSilence;

    private final AtomicReference<@Nullable Opening> current = new AtomicReference<>();

    private final AtomicBoolean replacing = new AtomicBoolean();

    private volatile long replacedAt = System.nanoTime() - CLUSTER_REST;

    private volatile boolean wasOpen;

    private final AtomicLong firstAsked = new AtomicLong(NEVER);

    private volatile boolean closed;

    /** @param onSilence called when the connection to the one server has fallen silent, and was given up */
    CommandConnection(LettuceDoor door, Duration patience, Runnable onSilence) {
        this.door = door;
        this.patience = patience;
        this.onSilence = onSilence;
    }

    /** How long a command may take, the connecting before it included. */
    Duration allow(Duration timeout) {
        if (this.wasOpen) {
            return timeout;
        }
        long now = System.nanoTime();
        this.firstAsked.compareAndSet(NEVER, now);
        Duration left = FIRST.minusNanos(now - this.firstAsked.get());
        return left.compareTo(timeout) > 0 ? left : timeout;
    }

    void wasOpen() {
        this.wasOpen = true;
    }

    /** The connection as it stands; null while there is none. */
    @Nullable
    Wire open() {
        Opening now = this.current.get();
        CompletableFuture<Wire> wire = now == null ? null : now.wire();
        return wire == null || !wire.isDone() || wire.isCompletedExceptionally() ? null : wire.join();
    }

    /** The connection for one more command, of which it is told the end. */
    Opening begin() {
        while (true) {
            Opening now = opening();
            if (now.begin()) {
                return now;
            }
            this.current.compareAndSet(now, null);
        }
    }

    private Opening opening() {
        while (true) {
            Opening now = this.current.get();
            if (now != null && now.isWorthWaitingFor(allow(this.patience).toNanos())) {
                return now;
            }
            if (this.closed) {
                return Opening.failed(new LockDriverException(Kind.UNREACHABLE, "the locker is closed", null));
            }
            Opening next = new Opening();
            if (this.current.compareAndSet(now, next)) {
                if (now != null) {
                    now.giveUp();
                }
                this.door.open(next);
                return next;
            }
        }
    }

    /** A command on it was not answered in time. */
    void isSilent(Opening silent) {
        if (!this.door.isCluster()) {
            if (this.current.compareAndSet(silent, null)) {
                silent.giveUp();
                this.onSilence.run();
            }
        } else if (this.current.get() == silent && System.nanoTime() - this.replacedAt > CLUSTER_REST) {
            replaceOnceOpen(silent);
        }
    }

    /** Other nodes may answer well, and connecting may take until the silent one wakes. */
    private void replaceOnceOpen(Opening silent) {
        if (!this.replacing.compareAndSet(false, true)) {
            return;
        }
        Opening next = new Opening();
        next.wire().whenComplete((wire, failure) -> {
            if (wire != null && !this.closed && this.current.compareAndSet(silent, next)) {
                silent.giveUp();
            } else {
                next.giveUp();
            }
            this.replacedAt = System.nanoTime();
            this.replacing.set(false);
        });
        this.door.open(next);
    }

    CompletionStage<Void> close() {
        this.closed = true;
        Opening last = this.current.getAndSet(null);
        return last == null ? CompletableFuture.completedFuture(null) : last.close();
    }
}
