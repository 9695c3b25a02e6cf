package io.distlock.benchmarks.subject;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.provider.redis.spring.RedisLockProvider;
import net.javacrumbs.shedlock.support.KeepAliveLockProvider;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** ShedLock, which never waits: asked again every 10 ms. Does not keep alive what lives for less than 30 s. */
final class ShedLock implements Subject {

    private static final Duration SHORTEST = Duration.ofSeconds(30);

    private final ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor();

    private final LettuceConnectionFactory redis;

    private final LockProvider locks;

    private final Duration ttl;

    ShedLock(SubjectSettings settings) {
        this.redis = SpringRedis.connect(settings.redis());
        RedisLockProvider provider = new RedisLockProvider(this.redis);
        this.locks = settings.longHolds() ? new KeepAliveLockProvider(provider, this.renewals) : provider;
        this.ttl = settings.longHolds() && settings.ttl().compareTo(SHORTEST) < 0 ? SHORTEST : settings.ttl();
    }

    @Override
    public Held acquire(String key) throws Exception {
        return Polling.until(() -> this.locks
                .lock(new LockConfiguration(Instant.now(), key, this.ttl, Duration.ZERO))
                .map(lock -> () -> {
                    lock.unlock();
                    return true;
                }));
    }

    @Override
    public void close() {
        this.renewals.shutdownNow();
        this.redis.destroy();
    }
}
