package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The one subscription of an instance. Lettuce renews it when its connection was lost. */
final class LettuceInbox {

    private final LettuceDoor door;

    private final AtomicReference<@Nullable CompletableFuture<Void>> opened = new AtomicReference<>();

    private volatile @Nullable StatefulRedisPubSubConnection<String, String> connection;

    private volatile boolean closed;

    LettuceInbox(LettuceDoor door) {
        this.door = door;
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
                subscribe(channel, listener, next);
                return next;
            }
        }
    }

    boolean isListening() {
        StatefulRedisPubSubConnection<String, String> open = this.connection;
        return open != null && open.isOpen();
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
                            listener.accept(message);
                        }
                    });
                    return open.async().subscribe(channel).whenComplete((ok, failure) -> {
                        if (failure != null || this.closed) {
                            open.closeAsync();
                        } else {
                            this.connection = open;
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
