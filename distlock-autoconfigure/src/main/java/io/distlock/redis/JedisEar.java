package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** A subscription over Jedis, which needs a thread to itself; that renews it when its connection was lost. */
final class JedisEar implements JedisHearing.Ear {

    /** Between two attempts to subscribe again. */
    private static final long REST = 200_000_000;

    /** In milliseconds; it takes far less where the connection can be cut. */
    private static final long LONGEST_END = 500;

    private final RedisConnectionFactory factory;

    private final String channel;

    private final Consumer<String> listener;

    private final CompletableFuture<Void> first;

    /** Whether it tries again until it hears, also when it has never done so. */
    private final boolean insists;

    private volatile @Nullable JedisHearing hearing;

    private volatile boolean listening;

    private volatile boolean ended;

    private final CountDownLatch over = new CountDownLatch(1);

    /** @param first completes when it hears messages, or does not succeed the first time */
    JedisEar(RedisConnectionFactory factory, String channel, Consumer<String> listener, CompletableFuture<Void> first) {
        this(factory, channel, listener, first, false);
    }

    private JedisEar(
            RedisConnectionFactory factory,
            String channel,
            Consumer<String> listener,
            CompletableFuture<Void> first,
            boolean insists) {
        this.factory = factory;
        this.channel = channel;
        this.listener = listener;
        this.first = first;
        this.insists = insists;
    }

    /** @param hears completes when that one does, however long it takes */
    JedisEar another(CompletableFuture<Void> hears) {
        return new JedisEar(this.factory, this.channel, this.listener, hears, true);
    }

    boolean isListening() {
        return this.listening;
    }

    void listen() {
        Thread thread = new Thread(this::listenOn, "distlock-inbox");
        thread.setDaemon(true);
        thread.start();
    }

    void end() {
        this.ended = true;
        JedisHearing open = this.hearing;
        if (open != null) {
            open.end();
        }
    }

    /**
     * Until its connection is back in the pool: a pool that is closed meanwhile may make another in its place, and never close
     * that.
     */
    void awaitEnd() {
        try {
            this.over.await(LONGEST_END, TimeUnit.MILLISECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void listenOn() {
        try {
            listenAgainAndAgain();
        } finally {
            this.over.countDown();
        }
    }

    private void listenAgainAndAgain() {
        while (!this.ended) {
            try {
                subscribe();
            } catch (RuntimeException failure) {
                if (!this.insists && this.first.completeExceptionally(explain(failure))) {
                    return;
                }
            } finally {
                this.listening = false;
                this.hearing = null;
            }
            if (!this.ended) {
                LockSupport.parkNanos(REST);
            }
        }
    }

    private void subscribe() {
        JedisHearing next = JedisHearing.over(this.factory.getConnection(), this.channel, this);
        this.hearing = next;
        // the pool may still have connections as dead as the former one
        next.hear(this.insists);
    }

    @Override
    public void opened() {
        this.listening = true;
        this.first.complete(null);
        if (this.ended) { // while this was on its way
            end();
        }
    }

    @Override
    public void heard(String message) {
        this.listener.accept(message);
    }

    private static LockDriverException explain(RuntimeException failure) {
        String reason = String.valueOf(
                NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
        return reason.matches("[A-Z]{3,} .*")
                ? RedisErrors.answered(reason, failure)
                : new LockDriverException(Kind.UNREACHABLE, "subscribing failed: " + reason, failure);
    }
}
