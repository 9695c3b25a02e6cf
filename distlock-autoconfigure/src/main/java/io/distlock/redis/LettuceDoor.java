package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.netty.util.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Opens connections from the application's Lettuce client, with its address, login, encryption and topology. Lettuce
 * opens them only while a thread waits, so a thread of ours waits.
 */
final class LettuceDoor {

    /** A server that accepts but does not greet holds a thread each time; more of them would not help. */
    private static final int MOST_AT_ONCE = 8;

    private final LettuceConnectionFactory factory;

    private final AtomicInteger opening = new AtomicInteger();

    private final LossCount losses = new LossCount();

    /** The client of a cluster, which tells of the connections to its nodes. */
    private final AtomicReference<@Nullable AbstractRedisClient> telling = new AtomicReference<>();

    private final boolean own;

    private final boolean oneServer;

    /** Into the client of the application, which closes it. */
    LettuceDoor(LettuceConnectionFactory factory) {
        this(factory, false);
    }

    /** @param own whether it is closed with the door, and configured by its address */
    LettuceDoor(LettuceConnectionFactory factory, boolean own) {
        this.factory = factory;
        this.own = own;
        this.oneServer = !factory.isClusterAware() && !factory.isRedisSentinelAware();
    }

    /** How often a connection for commands was lost; in a cluster, the application's own among them. */
    long losses() {
        return this.losses.count.get();
    }

    Timer timer() {
        return client().getResources().timer();
    }

    boolean isOneServer() {
        return this.oneServer;
    }

    /** Whether commands go to several servers, of which one may answer when another does not. */
    boolean isCluster() {
        return this.factory.isClusterAware();
    }

    void open(Opening opening) {
        inBackground(opening.wire(), this::connect);
    }

    CompletableFuture<StatefulRedisPubSubConnection<String, String>> openPubSub() {
        CompletableFuture<StatefulRedisPubSubConnection<String, String>> connection = new CompletableFuture<>();
        inBackground(connection, this::connectPubSub);
        return connection;
    }

    private <T> void inBackground(CompletableFuture<T> result, Supplier<T> connect) {
        if (this.opening.incrementAndGet() > MOST_AT_ONCE) {
            this.opening.decrementAndGet();
            result.completeExceptionally(
                    new LockDriverException(Kind.UNREACHABLE, this + " accepts connections but does not answer", null));
            return;
        }
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(connect.get());
                    } catch (RuntimeException failure) {
                        result.completeExceptionally(explain(failure));
                    } finally {
                        this.opening.decrementAndGet();
                    }
                },
                "distlock-connect");
        thread.setDaemon(true);
        thread.start();
    }

    private Wire connect() {
        AbstractRedisClient client = client();
        if (client instanceof RedisClusterClient cluster) {
            StatefulRedisClusterConnection<String, String> connection = cluster.connect(StringCodec.UTF8);
            if (this.telling.getAndSet(client) != client) {
                client.addListener(this.losses);
            }
            return new Wire(connection, connection.async());
        }
        StatefulRedisConnection<String, String> connection = ((RedisClient) client).connect(StringCodec.UTF8);
        // each command has a time-out of its own here: another one by the client costs as much as to send it
        connection.setTimeout(Duration.ZERO);
        connection.addListener(this.losses);
        return new Wire(connection, connection.async());
    }

    private StatefulRedisPubSubConnection<String, String> connectPubSub() {
        AbstractRedisClient client = client();
        return client instanceof RedisClusterClient cluster
                ? cluster.connectPubSub(StringCodec.UTF8)
                : ((RedisClient) client).connectPubSub(StringCodec.UTF8);
    }

    private AbstractRedisClient client() {
        return this.factory.getRequiredNativeClient();
    }

    LockDriverException explain(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof LockDriverException known) {
                return known;
            }
            if (cause instanceof RedisCommandExecutionException answered) {
                return RedisErrors.answered(String.valueOf(answered.getMessage()), failure);
            }
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new LockDriverException(
                Kind.UNREACHABLE,
                "no connection to " + this + ". Check that it runs and "
                        + (this.own ? "the node's address" : "spring.data.redis.*") + " (" + root.getMessage() + ")",
                failure);
    }

    /** Has the client of a cluster look at all of its nodes, for everybody who uses it. That takes long if one is silent. */
    void lookAtNodes() {
        if (client() instanceof RedisClusterClient cluster) {
            cluster.refreshPartitionsAsync();
        }
    }

    void close() {
        AbstractRedisClient told = this.telling.getAndSet(null);
        if (told != null) {
            told.removeListener(this.losses);
        }
        if (this.own) {
            this.factory.destroy();
        }
    }

    @Override
    public String toString() {
        return this.oneServer
                ? "Redis at " + this.factory.getHostName() + ":" + this.factory.getPort()
                : isCluster() ? "the Redis cluster" : "Redis behind Sentinel";
    }

    private static final class LossCount extends RedisConnectionStateAdapter {

        private final AtomicLong count = new AtomicLong();

        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
            this.count.incrementAndGet();
        }
    }
}
