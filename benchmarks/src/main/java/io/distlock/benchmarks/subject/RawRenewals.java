package io.distlock.benchmarks.subject;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The least it takes to keep holds alive: every third of the ttl a script for each 250 of them, on one thread. */
final class RawRenewals implements AutoCloseable {

    private static final int BATCH = 250;

    private static final String SCRIPT =
            "local n = 0 for i, key in ipairs(KEYS) do if redis.call('get', key) == ARGV[i + 1] then "
                    + "n = n + redis.call('pexpire', key, ARGV[1]) end end return n";

    private final ConcurrentMap<String, String> tokensByKey = new ConcurrentHashMap<>();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    private final RedisAsyncCommands<String, String> redis;

    private final String ttl;

    private final String script;

    RawRenewals(RedisAsyncCommands<String, String> redis, Duration ttl) throws Exception {
        this.redis = redis;
        this.ttl = Long.toString(ttl.toMillis());
        this.script = redis.scriptLoad(SCRIPT).get();
        long pause = ttl.toMillis() / 3;
        this.timer.scheduleAtFixedRate(this::renew, pause, pause, TimeUnit.MILLISECONDS);
    }

    void add(String key, String token) {
        this.tokensByKey.put(key, token);
    }

    void remove(String key) {
        this.tokensByKey.remove(key);
    }

    private void renew() {
        List<String> keys = new ArrayList<>(BATCH);
        List<String> arguments = new ArrayList<>(BATCH + 1);
        for (Map.Entry<String, String> hold : this.tokensByKey.entrySet()) {
            if (keys.isEmpty()) {
                arguments.add(this.ttl);
            }
            keys.add(hold.getKey());
            arguments.add(hold.getValue());
            if (keys.size() == BATCH) {
                send(keys, arguments);
            }
        }
        if (!keys.isEmpty()) {
            send(keys, arguments);
        }
    }

    private void send(List<String> keys, List<String> arguments) {
        this.redis.evalsha(
                this.script, ScriptOutputType.INTEGER, keys.toArray(String[]::new), arguments.toArray(String[]::new));
        keys.clear();
        arguments.clear();
    }

    @Override
    public void close() {
        this.timer.shutdownNow();
    }
}
