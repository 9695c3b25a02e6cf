package io.distlock.benchmarks.subject;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/** Scripts over the usual client, and messages that tell the owner of a token that its turn has come. */
final class Inbox implements AutoCloseable {

    static final long NO_FENCE = 0;

    private final String channel = UUID.randomUUID().toString();

    private final Tokens tokens = new Tokens(this.channel);

    private final ConcurrentMap<String, CompletableFuture<Long>> awaited = new ConcurrentHashMap<>();

    private final RedisClient client;

    private final RedisCommands<String, String> redis;

    private final String ttl;

    Inbox(SubjectSettings settings) {
        this.client = RedisClient.create(
                RedisURI.create(settings.redis().host(), settings.redis().port()));
        this.redis = this.client.connect().sync();
        this.ttl = Long.toString(settings.ttl().toMillis());
        StatefulRedisPubSubConnection<String, String> messages = this.client.connectPubSub();
        messages.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String text) {
                int end = text.indexOf(' ');
                if (end < 0) {
                    turnOf(text, NO_FENCE);
                } else {
                    turnOf(text.substring(0, end), Long.parseLong(text, end + 1, text.length(), 10));
                }
            }
        });
        messages.sync().subscribe(this.channel);
    }

    /** One that begins with the channel on which its owner listens, and whose turn may come from here on. */
    String newToken() {
        String token = this.tokens.next();
        this.awaited.put(token, new CompletableFuture<>());
        return token;
    }

    void turnOf(String token, long fence) {
        CompletableFuture<Long> turn = this.awaited.get(token);
        if (turn != null) {
            turn.complete(fence);
        }
    }

    /** @return its fence */
    long awaitTurnOf(String token) throws Exception {
        long fence = Objects.requireNonNull(this.awaited.get(token))
                .get(SubjectSettings.WAIT.toMillis(), TimeUnit.MILLISECONDS);
        this.awaited.remove(token);
        return fence;
    }

    /** Of a hold, in ms. */
    String ttl() {
        return this.ttl;
    }

    String load(String script) {
        return this.redis.scriptLoad(script);
    }

    /** @param more after the token and the ttl in ms */
    long call(String script, String key, String token, String... more) {
        String[] arguments = new String[2 + more.length];
        arguments[0] = token;
        arguments[1] = this.ttl;
        System.arraycopy(more, 0, arguments, 2, more.length);
        return call(script, new String[] {key, key + ":line"}, arguments);
    }

    long call(String script, String[] keys, String... arguments) {
        Long answer = this.redis.evalsha(script, ScriptOutputType.INTEGER, keys, arguments);
        return answer;
    }

    @Override
    public void close() {
        this.client.shutdown();
    }
}
