package io.distlock.benchmarks.subject;

import com.baomidou.lock.LockInfo;
import com.baomidou.lock.LockTemplate;
import com.baomidou.lock.executor.RedisTemplateLockExecutor;
import com.baomidou.lock.spring.boot.autoconfigure.Lock4jProperties;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** lock4j's template, asking again every 10 ms instead of its 100; renews only where holds are long. */
final class Lock4j implements Subject {

    private static final long RENEWED = -1;

    private final LettuceConnectionFactory redis;

    private final LockTemplate locks = new LockTemplate();

    private final long expire;

    Lock4j(SubjectSettings settings) throws Exception {
        this.redis = SpringRedis.connect(settings.redis());
        Lock4jProperties properties = new Lock4jProperties();
        properties.setRetryInterval((long) Polling.MILLIS);
        properties.setExpire(settings.ttl().toMillis());
        this.locks.setProperties(properties);
        this.locks.setExecutors(
                List.of(new RedisTemplateLockExecutor(new StringRedisTemplate(this.redis), properties)));
        this.locks.afterPropertiesSet();
        this.expire = settings.longHolds() ? RENEWED : settings.ttl().toMillis();
    }

    @Override
    public Held acquire(String key) throws Exception {
        LockInfo lock = this.locks.lock(key, this.expire, SubjectSettings.WAIT.toMillis());
        if (lock == null) {
            throw new TimeoutException();
        }
        return () -> this.locks.releaseLock(lock);
    }

    @Override
    public void close() {
        this.redis.destroy();
    }
}
