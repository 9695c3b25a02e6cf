package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.Subscription;
import org.springframework.data.redis.connection.SubscriptionListener;
import redis.clients.jedis.Jedis;

/** The one subscription of an instance over Jedis, which needs a thread to itself and is renewed by it. */
final class JedisInbox {

    /** Between two attempts to subscribe again. */
    private static final long REST = 200_000_000;

    private final RedisConnectionFactory factory;

    private final AtomicReference<@Nullable CompletableFuture<Void>> opened = new AtomicReference<>();

    private volatile @Nullable RedisConnection connection;

    private volatile boolean listening;

    private volatile boolean closed;

    private final AtomicBoolean stopped = new AtomicBoolean();

    private final CountDownLatch sent = new CountDownLatch(1);

    JedisInbox(RedisConnectionFactory factory) {
        this.factory = factory;
    }

    /** Subscribes unless it has; after a failure another call tries again. */
    CompletableFuture<Void> open(String channel, Consumer<String> listener) {
        while (true) {
            CompletableFuture<Void> before = this.opened.get();
            if (before != null && !before.isCompletedExceptionally()) {
                return before;
            }
            CompletableFuture<Void> next = new CompletableFuture<>();
            if (this.opened.compareAndSet(before, next)) {
                Thread thread = new Thread(() -> listen(channel, new Ear(listener, next), next), "distlock-inbox");
                thread.setDaemon(true);
                thread.start();
                return next;
            }
        }
    }

    boolean isListening() {
        return this.listening;
    }

    void close() {
        this.closed = true;
        if (this.listening) {
            stop();
        }
    }

    /**
     * Lets the thread that listens go on, which then ends. Only once, and only when the subscription is known to stand: an
     * answer too many would be read by whoever has the connection from the pool next.
     */
    private void stop() {
        RedisConnection open = this.connection;
        Subscription subscription = open == null ? null : open.getSubscription();
        if (subscription != null && this.stopped.compareAndSet(false, true)) {
            try {
                subscription.close();
            } finally {
                this.sent.countDown();
            }
        }
    }

    /**
     * The answer to the end can be here while whoever sent it still empties the buffer of the connection. The pool must
     * not have it before that: what its next user wrote there would be sent twice, and every answer go to another question.
     */
    private void awaitSent() {
        try {
            this.sent.await(1, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen(String channel, Ear ear, CompletableFuture<Void> first) {
        while (!this.closed) {
            try {
                listen(channel, ear);
            } catch (RuntimeException failure) {
                if (first.completeExceptionally(explain(failure))) {
                    return;
                }
            } finally {
                this.listening = false;
                this.connection = null;
            }
            if (!this.closed) {
                LockSupport.parkNanos(REST);
            }
        }
    }

    private void listen(String channel, Ear ear) {
        RedisConnection open = this.factory.getConnection();
        try {
            this.connection = open;
            open.subscribe(ear, channel.getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException failure) {
            abandon(open);
            throw failure;
        }
        open.close();
    }

    /**
     * To close a connection whose subscription failed ends that once more, and the answer would be read by its next user.
     * So it is closed for good; or left alone where its client took it back into the pool when it failed.
     */
    private static void abandon(RedisConnection open) {
        if (open.getNativeConnection() instanceof Jedis jedis) {
            jedis.getConnection().setBroken();
            open.close();
        }
    }

    private static LockDriverException explain(RuntimeException failure) {
        String reason = String.valueOf(
                NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
        return reason.matches("[A-Z]{3,} .*")
                ? RedisErrors.answered(reason, failure)
                : new LockDriverException(Kind.UNREACHABLE, "subscribing failed: " + reason, failure);
    }

    private final class Ear implements MessageListener, SubscriptionListener {

        private final Consumer<String> listener;

        private final CompletableFuture<Void> first;

        private Ear(Consumer<String> listener, CompletableFuture<Void> first) {
            this.listener = listener;
            this.first = first;
        }

        @Override
        public void onMessage(Message message, byte @Nullable [] pattern) {
            this.listener.accept(new String(message.getBody(), StandardCharsets.UTF_8));
        }

        @Override
        public void onChannelSubscribed(byte[] channel, long count) {
            JedisInbox.this.listening = true;
            this.first.complete(null);
            if (JedisInbox.this.closed) { // while this was on its way
                stop();
            }
        }

        @Override
        public void onChannelUnsubscribed(byte[] channel, long count) {
            if (JedisInbox.this.stopped.get()) {
                awaitSent();
            }
        }
    }
}
