package io.distlock.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** The one subscription of an instance over Jedis; for a moment two, when another takes the place of one that may be dead. */
final class JedisInbox {

    private final RedisConnectionFactory factory;

    private final AtomicReference<@Nullable CompletableFuture<Void>> opened = new AtomicReference<>();

    private volatile @Nullable JedisEar ear;

    private final AtomicReference<@Nullable JedisEar> another = new AtomicReference<>();

    private volatile boolean closed;

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
                JedisEar first = new JedisEar(this.factory, channel, listener, next);
                this.ear = first;
                first.listen();
                endIfClosed(first);
                return next;
            }
        }
    }

    boolean isListening() {
        JedisEar open = this.ear;
        return open != null && open.isListening();
    }

    /**
     * A command has been answered by silence, so this connection may be dead without a word, too: whoever only listens
     * never learns that. Another takes its place once it hears messages; until then this one may still hear some.
     */
    void mayBeDead() {
        JedisEar before = this.ear;
        if (before == null || !before.isListening() || this.another.get() != null) {
            return;
        }
        CompletableFuture<Void> hears = new CompletableFuture<>();
        JedisEar next = before.another(hears);
        if (this.another.compareAndSet(null, next)) {
            hears.thenRun(() -> replace(before, next));
            next.listen();
            endIfClosed(next);
        }
    }

    private void replace(JedisEar before, JedisEar next) {
        this.ear = next;
        this.another.set(null);
        endIfClosed(next);
        before.end();
    }

    private void endIfClosed(JedisEar late) {
        if (this.closed) {
            late.end();
        }
    }

    void close() {
        this.closed = true;
        end(this.ear);
        end(this.another.get());
    }

    private static void end(@Nullable JedisEar last) {
        if (last != null) {
            last.end();
            last.awaitEnd();
        }
    }
}
