package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A connection that is being opened, is open, or could not be opened. */
final class Opening {

    /** Instead of how many have asked: all have acted. */
    private static final int IN_ORDER = -1;

    /** For how long a failure answers for those who ask next, so that a dead server is not besieged. */
    private static final long REST = 50_000_000;

    private final CompletableFuture<Wire> wire = new CompletableFuture<>();

    private final Queue<BiConsumer<@Nullable Wire, @Nullable Throwable>> waiting = new ConcurrentLinkedQueue<>();

    /** How many have asked so far; once all of them have acted, nobody has to wait for others any more. */
    private final AtomicInteger asked = new AtomicInteger();

    /** How often somebody has wanted to act since one thread began to act for all. */
    private final AtomicInteger acting = new AtomicInteger();

    /** Only by the thread that acts. */
    private int acted;

    private final AtomicInteger underWay = new AtomicInteger();

    private final long since = System.nanoTime();

    /** Where it leads to one server. */
    private volatile long heardAt = this.since;

    /** By node, in a cluster. */
    private final ConcurrentMap<String, Long> heardFrom = new ConcurrentHashMap<>(0);

    private volatile boolean givenUp;

    static Opening failed(LockDriverException failure) {
        Opening failed = new Opening();
        failed.wire.completeExceptionally(failure);
        return failed;
    }

    CompletableFuture<Wire> wire() {
        return this.wire;
    }

    /**
     * Acts at once if the connection is open or has failed, and then in the order of asking: a future would let the last
     * one go first, and an undo before what it undoes. No lock is held meanwhile, since whoever acts may ask for other
     * connections, whose threads may at the same time ask for this one.
     */
    void whenDone(BiConsumer<@Nullable Wire, @Nullable Throwable> action) {
        if (this.asked.get() == IN_ORDER
                || this.asked.getAndUpdate(count -> count == IN_ORDER ? IN_ORDER : count + 1) == IN_ORDER) {
            this.wire.whenComplete(action);
            return;
        }
        this.waiting.add(action);
        this.wire.whenComplete((wire, failure) -> actInOrder());
    }

    /** One thread acts for all who come meanwhile. */
    private void actInOrder() {
        if (this.acting.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        while (seen > 0) {
            for (var next = this.waiting.poll(); next != null; next = this.waiting.poll()) {
                this.wire.whenComplete(next);
                this.acted++;
            }
            this.asked.compareAndSet(this.acted, IN_ORDER);
            seen = this.acting.addAndGet(-seen);
        }
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

    /** @param node of a cluster; empty where there is one server */
    void heard(String node) {
        if (node.isEmpty()) {
            this.heardAt = System.nanoTime();
        } else {
            this.heardFrom.put(node, System.nanoTime());
        }
    }

    long heardAt(String node) {
        return node.isEmpty() ? this.heardAt : this.heardFrom.getOrDefault(node, this.since);
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
