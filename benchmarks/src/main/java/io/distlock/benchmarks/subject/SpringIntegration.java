package io.distlock.benchmarks.subject;

import java.util.ConcurrentModificationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.integration.redis.util.RedisLockRegistry;
import org.springframework.integration.redis.util.RedisLockRegistry.RedisLockType;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Spring Integration's RedisLockRegistry with its defaults; renews only where holds are long. */
final class SpringIntegration implements Subject {

    private final LettuceConnectionFactory redis;

    private final RedisLockRegistry registry;

    private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

    SpringIntegration(SubjectSettings settings, boolean pubSub) {
        this.redis = SpringRedis.connect(settings.redis());
        this.registry = new RedisLockRegistry(this.redis, "registry", settings.ttl());
        this.registry.setRedisLockType(pubSub ? RedisLockType.PUB_SUB_LOCK : RedisLockType.SPIN_LOCK);
        if (settings.longHolds()) {
            this.scheduler.initialize();
            this.registry.setRenewalTaskScheduler(this.scheduler);
        }
    }

    @Override
    public Held acquire(String key) throws Exception {
        Lock lock = this.registry.obtain(key);
        if (!lock.tryLock(SubjectSettings.WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new TimeoutException();
        }
        return () -> {
            try {
                lock.unlock();
                return true;
            } catch (IllegalStateException | ConcurrentModificationException lost) {
                return false;
            }
        };
    }

    @Override
    public void close() {
        this.registry.destroy();
        this.scheduler.shutdown();
        this.redis.destroy();
    }
}
