package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks a server that lets one command after the other time out only now and then, so that under load each caller learns at
 * once what it would learn after a time-out, and the server is not buried in questions when it wakes. Each server of a
 * cluster is looked at by itself.
 */
final class Circuit implements RedisLink {

    private final RedisLink link;

    private final boolean cluster;

    private final Silence oneServer = new Silence();

    /** By server, of which a cluster has few. */
    private final ConcurrentMap<String, Silence> servers = new ConcurrentHashMap<>();

    Circuit(RedisLink link) {
        this.link = link;
        this.cluster = link.isCluster();
    }

    @Override
    public CompletableFuture<List<Object>> run(Script script, Duration timeout, String[] keys, String[] arguments) {
        return this.cluster && keys.length > 1
                ? MovingKeys.ask(timeout, left -> runOnce(script, left, keys, arguments))
                : runOnce(script, timeout, keys, arguments);
    }

    private CompletableFuture<List<Object>> runOnce(
            Script script, Duration timeout, String[] keys, String[] arguments) {
        String node = this.cluster && keys.length > 0 ? this.link.node(keys[0]) : "";
        return ask(node, timeout, () -> this.link.run(script, timeout, keys, arguments));
    }

    @Override
    public CompletableFuture<List<Object>> renew(Duration timeout, RenewalCall call) {
        String node = this.cluster ? this.link.node(call.firstKey()) : "";
        return ask(node, timeout, () -> this.link.renew(timeout, call));
    }

    private CompletableFuture<List<Object>> ask(
            String node, Duration timeout, Supplier<? extends CompletableFuture<List<Object>>> question) {
        Silence silence = node.isEmpty() ? this.oneServer : this.servers.computeIfAbsent(node, any -> new Silence());
        long start = System.nanoTime();
        if (silence.isToBeExpected(start)) {
            return CompletableFuture.failedFuture(new LockDriverException(
                    Kind.UNREACHABLE,
                    (node.isEmpty() ? this.link.toString() : node + " of " + this.link) + " has not answered for "
                            + silence.lasts(start).toMillis()
                            + " ms, and is asked only now and then until it does",
                    null));
        }
        CompletableFuture<List<Object>> answer = question.get();
        answer.whenComplete((reply, failure) -> silence.note(start, timeout, failure));
        return answer;
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
        return this.cluster;
    }

    @Override
    public String node(String key) {
        return this.link.node(key);
    }

    @Override
    public CompletableFuture<List<String>> keyAtEach(String start) {
        return this.link.keyAtEach(start);
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
