package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

/** A subscription over Jedis, which needs a thread to itself; that renews it when its connection was lost. */
final class JedisEar {

    /** Between two attempts to subscribe again. */
    private static final long REST = 200_000_000;

    private final RedisConnectionFactory factory;

    private final String channel;

    private final Consumer<String> listener;

    private final CompletableFuture<Void> first;

    /** Whether it tries again until it hears, also when it has never done so. */
    private final boolean insists;

    private volatile @Nullable RedisConnection connection;

    private volatile boolean listening;

    private volatile boolean ended;

    private final AtomicBoolean stopped = new AtomicBoolean();

    private final CountDownLatch sent = new CountDownLatch(1);

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
        if (this.listening) {
            stop();
        }
    }

    /**
     * Lets the thread that listens go on, which then ends. Only once, and only when the subscription is known to stand: an
     * answer too many would be read by whoever has the connection from the pool next. Of a server that is gone without a
     * word no answer comes; then the thread ends when the machine has given up to send it this.
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

    private void listenOn() {
        while (!this.ended) {
            try {
                subscribe();
            } catch (RuntimeException failure) {
                if (!this.insists && this.first.completeExceptionally(explain(failure))) {
                    return;
                }
            } finally {
                this.listening = false;
                this.connection = null;
            }
            if (!this.ended) {
                LockSupport.parkNanos(REST);
            }
        }
    }

    private void subscribe() {
        RedisConnection open = this.factory.getConnection();
        byte[] name = this.channel.getBytes(StandardCharsets.UTF_8);
        try {
            this.connection = open;
            if (this.insists) {
                // a subscription waits for ever, and the pool may still have connections as dead as the former one
                open.stringCommands().get(name);
            }
            open.subscribe(new Sounds(), name);
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

    private final class Sounds implements MessageListener, SubscriptionListener {

        @Override
        public void onMessage(Message message, byte @Nullable [] pattern) {
            JedisEar.this.listener.accept(new String(message.getBody(), StandardCharsets.UTF_8));
        }

        @Override
        public void onChannelSubscribed(byte[] subscribed, long count) {
            JedisEar.this.listening = true;
            JedisEar.this.first.complete(null);
            if (JedisEar.this.ended) { // while this was on its way
                stop();
            }
        }

        @Override
        public void onChannelUnsubscribed(byte[] unsubscribed, long count) {
            if (JedisEar.this.stopped.get()) {
                awaitSent();
            }
        }
    }
}
