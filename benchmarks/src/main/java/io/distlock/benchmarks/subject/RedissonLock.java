package io.distlock.benchmarks.subject;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.redisson.Redisson;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Redisson's RLock and fair lock with their defaults: kept alive by the watchdog, waiting by pub/sub. */
final class RedissonLock implements Subject {

    private final RedissonClient client;

    private final boolean fair;

    RedissonLock(SubjectSettings settings, boolean fair) {
        Config config = new Config();
        config.useSingleServer().setAddress("redis://" + settings.redis());
        config.setLockWatchdogTimeout(settings.ttl().toMillis());
        this.client = Redisson.create(config);
        this.fair = fair;
    }

    @Override
    public Held acquire(String key) throws Exception {
        RLock lock = this.fair ? this.client.getFairLock(key) : this.client.getLock(key);
        if (!lock.tryLock(SubjectSettings.WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new TimeoutException();
        }
        return () -> {
            try {
                lock.unlock();
                return true;
            } catch (IllegalMonitorStateException lost) {
                return false;
            }
        };
    }

    @Override
    public void close() {
        this.client.shutdown();
    }
}
