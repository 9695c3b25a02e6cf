package io.distlock.redis;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.Subscription;
import org.springframework.data.redis.connection.SubscriptionListener;

/** Over a connection that the client takes from its pool, and takes back. */
final class JedisSharedHearing implements JedisHearing, MessageListener, SubscriptionListener {

    private final RedisConnection redis;

    private final byte[] channel;

    private final Ear ear;

    private volatile boolean open;

    private final AtomicBoolean stopped = new AtomicBoolean();

    private final CountDownLatch sent = new CountDownLatch(1);

    JedisSharedHearing(RedisConnection redis, String channel, Ear ear) {
        this.redis = redis;
        this.channel = channel.getBytes(StandardCharsets.UTF_8);
        this.ear = ear;
    }

    /**
     * To close a connection whose subscription failed ends that once more, and the answer would be read by its next user.
     * So it is left alone: its client took it back into the pool when it failed.
     */
    @Override
    public void hear(boolean tryOut) {
        if (tryOut) {
            this.redis.stringCommands().get(this.channel);
        }
        this.redis.subscribe(this, this.channel);
        this.redis.close();
    }

    /**
     * Lets the thread that listens go on, which then ends. Only once, and only when the subscription is known to stand: an
     * answer too many would be read by whoever has the connection from the pool next. Of a server that is gone without a
     * word no answer comes; then the thread ends when the machine has given up to send it this.
     */
    @Override
    public void end() {
        Subscription subscription = this.redis.getSubscription();
        if (this.open && subscription != null && this.stopped.compareAndSet(false, true)) {
            try {
                subscription.close();
            } finally {
                this.sent.countDown();
            }
        }
    }

    @Override
    public void onChannelSubscribed(byte[] subscribed, long count) {
        this.open = true;
        this.ear.opened();
    }

    @Override
    public void onMessage(Message message, byte @Nullable [] pattern) {
        this.ear.heard(new String(message.getBody(), StandardCharsets.UTF_8));
    }

    /**
     * The answer to the end can be here while whoever sent it still empties the buffer of the connection. The pool must
     * not have it before that: what its next user wrote there would be sent twice, and every answer go to another question.
     */
    @Override
    public void onChannelUnsubscribed(byte[] unsubscribed, long count) {
        if (this.stopped.get()) {
            try {
                this.sent.await(1, TimeUnit.SECONDS);
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
