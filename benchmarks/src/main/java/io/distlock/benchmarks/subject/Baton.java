package io.distlock.benchmarks.subject;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * The least that hands a lock on by a message over the usual client: a list of those who wait, one script to ask and one
 * to release, which tells the next that it has the lock. No fence, no renewal; who dies in line blocks it, and a command sent twice
 * breaks it.
 */
public final class Baton implements Subject {

    private static final String ASK = "if redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end "
            + "redis.call('rpush', KEYS[2], ARGV[1]) return 0";

    /** A token begins with the channel on which its owner listens. */
    public static final String RELEASE = "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end "
            + "local next = redis.call('lpop', KEYS[2]) "
            + "if next then redis.call('set', KEYS[1], next, 'PX', ARGV[2]) "
            + "redis.call('publish', string.sub(next, 1, 36), next) "
            + "else redis.call('del', KEYS[1]) end return 1";

    private final String channel = UUID.randomUUID().toString();

    private final Tokens tokens = new Tokens();

    private final ConcurrentMap<String, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    private final RedisClient client;

    private final RedisCommands<String, String> redis;

    private final String ttl;

    private final String ask;

    private final String release;

    Baton(SubjectSettings settings) {
        this.client = RedisClient.create(
                RedisURI.create(settings.redis().host(), settings.redis().port()));
        this.redis = this.client.connect().sync();
        this.ttl = Long.toString(settings.ttl().toMillis());
        this.ask = this.redis.scriptLoad(ASK);
        this.release = this.redis.scriptLoad(RELEASE);
        StatefulRedisPubSubConnection<String, String> messages = this.client.connectPubSub();
        messages.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String token) {
                CompletableFuture<Void> waiter = Baton.this.waiting.remove(token);
                if (waiter != null) {
                    waiter.complete(null);
                }
            }
        });
        messages.sync().subscribe(this.channel);
    }

    @Override
    public Held acquire(String key) throws Exception {
        String token = this.channel + ":" + this.tokens.next();
        String[] keys = {key, key + ":line"};
        CompletableFuture<Void> turn = new CompletableFuture<>();
        this.waiting.put(token, turn);
        if (isDone(this.ask, keys, token)) {
            this.waiting.remove(token);
        } else {
            turn.get(SubjectSettings.WAIT.toMillis(), TimeUnit.MILLISECONDS);
        }
        return () -> isDone(this.release, keys, token);
    }

    private boolean isDone(String script, String[] keys, String token) {
        Long answer = this.redis.evalsha(script, ScriptOutputType.INTEGER, keys, token, this.ttl);
        return answer == 1;
    }

    @Override
    public void close() {
        this.client.shutdown();
    }
}
