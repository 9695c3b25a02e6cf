package io.distlock.benchmarks.subject;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/** SET NX PX and compare-and-delete over a blocking socket per thread; polls when the lock is taken, never renews. */
final class RawSocket implements Subject {

    private final Tokens tokens = new Tokens();

    private final SocketPerThread redis;

    private final String ttl;

    private final String release;

    RawSocket(SubjectSettings settings) throws IOException {
        this.redis = new SocketPerThread(settings.redis());
        this.ttl = Long.toString(settings.ttl().toMillis());
        this.release = (String) Objects.requireNonNull(this.redis.call("SCRIPT", "LOAD", Scripts.COMPARE_AND_DELETE));
    }

    @Override
    public Held acquire(String key) throws Exception {
        String token = this.tokens.next();
        return Polling.until(() -> this.redis.call("SET", key, token, "NX", "PX", this.ttl) == null
                ? Optional.empty()
                : Optional.of(() -> Long.valueOf(1).equals(this.redis.call("EVALSHA", this.release, "1", key, token))));
    }

    @Override
    public void close() {
        this.redis.close();
    }
}
