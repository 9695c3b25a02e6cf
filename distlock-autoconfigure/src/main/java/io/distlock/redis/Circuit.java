package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks a server that lets one command after the other time out only now and then, so that under load each caller learns at
 * once what it would learn after a time-out, and the server is not buried in questions when it wakes.
 */
final class Circuit implements RedisLink {

    private static final int TIMEOUTS = 3;

    private static final long REST = Duration.ofMillis(200).toNanos();

    private final RedisLink link;

    private final AtomicInteger timeouts = new AtomicInteger();

    private final AtomicLong nextTry = new AtomicLong(System.nanoTime());

    private volatile long heardAt = System.nanoTime();

    Circuit(RedisLink link) {
        this.link = link;
    }

    @Override
    public CompletableFuture<List<Object>> run(Script script, Duration timeout, String[] keys, String[] arguments) {
        return ask(timeout, () -> this.link.run(script, timeout, keys, arguments));
    }

    @Override
    public CompletableFuture<List<Object>> renew(Duration timeout, RenewalCall call) {
        return ask(timeout, () -> this.link.renew(timeout, call));
    }

    private CompletableFuture<List<Object>> ask(
            Duration timeout, Supplier<? extends CompletableFuture<List<Object>>> question) {
        long start = System.nanoTime();
        if (this.timeouts.get() >= TIMEOUTS && !mayTry(start)) {
            return CompletableFuture.failedFuture(new LockDriverException(
                    Kind.UNREACHABLE,
                    this.link + " has not answered for "
                            + Duration.ofNanos(start - this.heardAt).toMillis()
                            + " ms, and is asked only now and then until it does",
                    null));
        }
        CompletableFuture<List<Object>> answer = question.get();
        answer.whenComplete((reply, failure) -> note(start, timeout, failure));
        return answer;
    }

    /** One each time. */
    private boolean mayTry(long now) {
        long next = this.nextTry.get();
        return now - next >= 0 && this.nextTry.compareAndSet(next, now + REST);
    }

    /** A failure that comes sooner says more than silence, and costs the caller no wait. */
    private void note(long start, Duration timeout, Throwable failure) {
        boolean silent = failure instanceof LockDriverException trouble
                && (trouble.kind() == Kind.UNANSWERED || trouble.kind() == Kind.UNREACHABLE)
                && System.nanoTime() - start >= timeout.toNanos();
        if (silent && start - this.heardAt > 0) {
            this.timeouts.incrementAndGet();
        } else if (!silent) {
            this.heardAt = System.nanoTime();
            this.timeouts.set(0);
        }
    }

    @Override
    public CompletableFuture<Void> load(Duration timeout) {
        return this.link.load(timeout);
    }

    @Override
    public CompletableFuture<Long> copies(String record, int replicas, Duration timeout) {
        return this.link.copies(record, replicas, timeout);
    }

    @Override
    public CompletableFuture<Void> subscribe(String channel, Duration timeout, Consumer<String> listener) {
        return this.link.subscribe(channel, timeout, listener);
    }

    @Override
    public boolean isListening() {
        return this.link.isListening();
    }

    @Override
    public long losses() {
        return this.link.losses();
    }

    @Override
    public boolean isOneServer() {
        return this.link.isOneServer();
    }

    @Override
    public boolean isCluster() {
        return this.link.isCluster();
    }

    @Override
    public void close() {
        this.link.close();
    }

    @Override
    public String toString() {
        return this.link.toString();
    }
}
