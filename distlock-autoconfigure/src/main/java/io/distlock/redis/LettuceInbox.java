package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one subscription of an instance. Lettuce renews it when its connection was lost; where that was refused, or
 * the connection is dead without a word, it is subscribed again as long as somebody waits.
 */
final class LettuceInbox {

    private static final long PATIENCE = Duration.ofSeconds(1).toNanos();

    private static final long QUIET = Duration.ofSeconds(10).toNanos();

    private final LettuceDoor door;

    private final AtomicReference<@Nullable CompletableFuture<Void>> opened = new AtomicReference<>();

    private volatile @Nullable StatefulRedisPubSubConnection<String, String> connection;

    private volatile @Nullable Runnable openAnother;

    private final AtomicBoolean openingAnother = new AtomicBoolean();

    /** Whether the server has confirmed the subscription, and the connection was not lost since. */
    private volatile boolean subscribed;

    private volatile long heardAt = System.nanoTime();

    private final AtomicLong askedAt = new AtomicLong(this.heardAt);

    private volatile boolean closed;

    LettuceInbox(LettuceDoor door) {
        this.door = door;
    }

    /** Subscribes unless it has; after a failure another call tries again. */
    CompletableFuture<Void> open(String channel, Consumer<String> listener) {
        while (true) {
            CompletableFuture<Void> before = this.opened.get();
            if (before != null && !before.isCompletedExceptionally()) {
                look(channel);
                return before;
            }
            CompletableFuture<Void> next = new CompletableFuture<>();
            if (this.opened.compareAndSet(before, next)) {
                this.openAnother = () -> openAnother(channel, listener);
                subscribe(channel, listener, next);
                return next;
            }
        }
    }

    boolean isListening() {
        StatefulRedisPubSubConnection<String, String> open = this.connection;
        return open != null && open.isOpen() && this.subscribed;
    }

    /** Something went wrong on another connection to the same server: this one is looked at, too. */
    void doubt() {
        this.heardAt = System.nanoTime() - QUIET;
    }

    /**
     * The connection for commands has fallen silent, so this one may be dead without a word, too; another takes its place
     * once it hears messages. Until then this one may still hear some.
     */
    void mayBeDead() {
        Runnable open = this.openAnother;
        if (this.connection != null && open != null && this.openingAnother.compareAndSet(false, true)) {
            open.run();
        }
    }

    private void openAnother(String channel, Consumer<String> listener) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        done.whenComplete((ok, failure) -> this.openingAnother.set(false));
        subscribe(channel, listener, done);
    }

    /**
     * Asks for the subscription once more where it is missing, or nothing was heard for long: the server confirms it, or
     * the connection is dead without a word.
     */
    private void look(String channel) {
        StatefulRedisPubSubConnection<String, String> open = this.connection;
        if (open == null || !open.isOpen()) {
            return;
        }
        long now = System.nanoTime();
        long asked = this.askedAt.get();
        if (asked - this.heardAt > 0) {
            if (now - asked > PATIENCE && this.askedAt.compareAndSet(asked, now)) {
                replace(open);
            }
        } else if ((!this.subscribed && now - asked > PATIENCE || now - this.heardAt >= QUIET)
                && this.askedAt.compareAndSet(asked, now)) {
            open.async().subscribe(channel).whenComplete((ok, failure) -> this.heardAt = System.nanoTime());
        }
    }

    private void replace(StatefulRedisPubSubConnection<String, String> dead) {
        this.subscribed = false;
        this.connection = null;
        this.opened.set(null);
        this.heardAt = System.nanoTime();
        dead.closeAsync();
    }

    CompletionStage<Void> close() {
        this.closed = true;
        StatefulRedisPubSubConnection<String, String> open = this.connection;
        return open == null ? CompletableFuture.completedFuture(null) : open.closeAsync();
    }

    private void subscribe(String channel, Consumer<String> listener, CompletableFuture<Void> done) {
        this.door
                .openPubSub()
                .thenCompose(open -> {
                    open.addListener(new RedisPubSubAdapter<>() {
                        @Override
                        public void message(String from, String message) {
                            LettuceInbox.this.heardAt = System.nanoTime();
                            listener.accept(message);
                        }

                        @Override
                        public void subscribed(String to, long count) {
                            LettuceInbox.this.subscribed = true;
                        }
                    });
                    open.addListener(new RedisConnectionStateAdapter() {
                        @Override
                        public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
                            LettuceInbox.this.subscribed &= open != LettuceInbox.this.connection;
                        }
                    });
                    return open.async().subscribe(channel).whenComplete((ok, failure) -> {
                        if (failure != null || this.closed) {
                            open.closeAsync();
                        } else {
                            StatefulRedisPubSubConnection<String, String> before = this.connection;
                            this.connection = open;
                            this.heardAt = System.nanoTime();
                            if (before != null) {
                                before.closeAsync();
                            }
                            this.subscribed = true; // the client tells its listeners only after this
                        }
                    });
                })
                .whenComplete((ok, failure) -> {
                    if (failure == null) {
                        done.complete(null);
                    } else {
                        done.completeExceptionally(explain(failure));
                    }
                });
    }

    private static LockDriverException explain(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof LockDriverException known) {
            return known;
        }
        if (cause instanceof RedisCommandExecutionException answered) {
            return RedisErrors.answered(String.valueOf(answered.getMessage()), answered);
        }
        return new LockDriverException(Kind.UNREACHABLE, "subscribing failed: " + cause, cause);
    }
}
