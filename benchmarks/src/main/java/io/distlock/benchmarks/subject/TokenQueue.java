package io.distlock.benchmarks.subject;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

/** One element in a list: BLPOP takes it, LPUSH gives it back, Redis keeps the waiters in order. No lease, no owner. */
final class TokenQueue implements Subject {

    private static final String MADE = ":made";

    private final Set<String> known = ConcurrentHashMap.newKeySet();

    private final SocketPerThread redis;

    TokenQueue(SubjectSettings settings) {
        this.redis = new SocketPerThread(settings.redis());
    }

    @Override
    public Held acquire(String key) throws Exception {
        take(key);
        return () -> {
            give(key);
            return true;
        };
    }

    void take(String key) throws IOException, TimeoutException {
        if (this.known.add(key) && this.redis.call("SET", key + MADE, "1", "NX") != null) {
            give(key);
        }
        String seconds = Long.toString(SubjectSettings.WAIT.toSeconds());
        if (this.redis.call("BLPOP", key, seconds) == null) {
            throw new TimeoutException();
        }
    }

    void give(String key) throws IOException {
        this.redis.call("LPUSH", key, "1");
    }

    @Override
    public void close() {
        this.redis.close();
    }
}
