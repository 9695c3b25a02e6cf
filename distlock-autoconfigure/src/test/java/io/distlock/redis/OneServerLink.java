package io.distlock.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A way to one server of which only the commands matter. */
abstract class OneServerLink implements RedisLink {

    @Override
    public CompletableFuture<Void> load(Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Long> copies(String record, int replicas, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> subscribe(String channel, Duration timeout, Consumer<String> listener) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean isListening() {
        return false;
    }

    @Override
    public long losses() {
        return 0;
    }

    @Override
    public boolean isOneServer() {
        return true;
    }

    @Override
    public boolean isCluster() {
        return false;
    }

    @Override
    public void close() {}
}
