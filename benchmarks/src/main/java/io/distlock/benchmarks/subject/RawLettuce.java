package io.distlock.benchmarks.subject;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** SET NX PX and compare-and-delete over one shared Lettuce connection; polls when the lock is taken. */
final class RawLettuce implements Subject {

    private final Tokens tokens = new Tokens();

    private final RedisClient client;

    private final RedisCommands<String, String> redis;

    private final SetArgs onlyIfFree;

    private final String release;

    private final @Nullable RawRenewals renewals;

    RawLettuce(SubjectSettings settings) throws Exception {
        this.client = RedisClient.create(
                RedisURI.create(settings.redis().host(), settings.redis().port()));
        StatefulRedisConnection<String, String> connection = this.client.connect();
        this.redis = connection.sync();
        this.onlyIfFree = SetArgs.Builder.nx().px(settings.ttl().toMillis());
        this.release = this.redis.scriptLoad(Scripts.COMPARE_AND_DELETE);
        this.renewals = settings.longHolds() ? new RawRenewals(connection.async(), settings.ttl()) : null;
    }

    @Override
    public Held acquire(String key) throws Exception {
        String token = this.tokens.next();
        return Polling.until(() -> {
            boolean free = this.redis.set(key, token, this.onlyIfFree) != null;
            return free ? Optional.of(held(key, token)) : Optional.empty();
        });
    }

    private Held held(String key, String token) {
        if (this.renewals != null) {
            this.renewals.add(key, token);
        }
        return () -> {
            if (this.renewals != null) {
                this.renewals.remove(key);
            }
            Long answer = this.redis.evalsha(this.release, ScriptOutputType.INTEGER, new String[] {key}, token);
            return answer == 1;
        };
    }

    @Override
    public void close() {
        if (this.renewals != null) {
            this.renewals.close();
        }
        this.client.shutdown();
    }
}
