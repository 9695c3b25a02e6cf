package io.distlock.redis;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The way to one Redis. Every stage fails with a {@code LockDriverException} that says whether it may have happened. */
interface RedisLink extends AutoCloseable {

    /** Runs a script by its digest, and by its text where the server does not know it yet. */
    CompletableFuture<List<Object>> run(Script script, Duration timeout, String[] keys, String[] arguments);

    /** Runs renew.lua for many holds. */
    default CompletableFuture<List<Object>> renew(Duration timeout, RenewalCall call) {
        return run(Script.RENEW, timeout, call.keys(), call.arguments());
    }

    /** Makes every script known to the server, so that no first question is asked twice. */
    CompletableFuture<Void> load(Duration timeout);

    /**
     * Writes to that record once more, and waits until so many replicas of its server have it, or the time is over; on a
     * connection on which nothing else is asked meanwhile.
     *
     * @return how many have it
     */
    CompletableFuture<Long> copies(String record, int replicas, Duration timeout);

    /** Completes when messages to the channel can arrive. */
    CompletableFuture<Void> subscribe(String channel, Duration timeout, Consumer<String> listener);

    /** Whether a message sent now would arrive, as far as this end of the connection knows. */
    boolean isListening();

    /** How often the way there was lost so far: what was not answered then is sent again, and may be executed twice. */
    long losses();

    /** Whether one server holds every key and sees every subscriber. */
    boolean isOneServer();

    /** Whether only keys of one hash slot may be named together. */
    boolean isCluster();

    /** Which server of a cluster has the key, as far as is known here; empty where it is not, or where there is one. */
    default String node(String key) {
        return "";
    }

    /** A key at each server that holds some, by which it can be asked: the text, or one that begins with it. */
    default CompletableFuture<List<String>> keyAtEach(String start) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (int i = 0; isCluster() && i < 1000; i++) {
            keys.putIfAbsent(node(start + i), start + i);
        }
        if (keys.size() > 1) {
            keys.remove(""); // slots that no server has
        }
        return CompletableFuture.completedFuture(keys.isEmpty() ? List.of(start) : List.copyOf(keys.values()));
    }

    @Override
    void close();
}
