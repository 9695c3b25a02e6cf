package io.distlock.benchmarks;

import com.baomidou.lock.annotation.Lock4j;
import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.springframework.integration.redis.util.RedisLockRegistry;
import org.springframework.scheduling.annotation.Scheduled;

/** Both sides of docs/migration.md, word for word, so that they compile. */
abstract class MigrationExample {

    private RedissonClient redisson;

    private RedisLockRegistry registry;

    private DefaultLockingTaskExecutor tasks;

    private Locker locker;

    abstract void ship(long id);

    abstract void nightly();

    void fromRedisson(long id) throws InterruptedException {
        RLock lock = this.redisson.getLock("order:" + id);
        if (lock.tryLock(5, TimeUnit.SECONDS)) {
            try {
                ship(id);
            } finally {
                lock.unlock();
            }
        }
    }

    void fromSpringIntegration(long id) throws InterruptedException {
        Lock lock = this.registry.obtain("order:" + id);
        if (lock.tryLock(5, TimeUnit.SECONDS)) {
            try {
                ship(id);
            } finally {
                lock.unlock();
            }
        }
    }

    void toLocker(long id) {
        LockRequest request = LockRequest.of("order:" + id).waitFor(Duration.ofSeconds(5));
        Optional<Lease> attempt = this.locker.tryAcquire(request);
        if (attempt.isPresent()) {
            try (Lease lease = attempt.get()) {
                ship(id);
            }
        }
    }

    void fromShedLock() {
        Duration atMost = Duration.ofMinutes(10);
        Duration atLeast = Duration.ofMinutes(5);
        this.tasks.executeWithLock(
                (Runnable) this::nightly, new LockConfiguration(Instant.now(), "nightly", atMost, atLeast));
    }

    static class Jobs {

        @Scheduled(cron = "0 0 3 * * *")
        @DistributedLock(key = "nightly", waitFor = "0s", whenBusy = WhenBusy.SKIP, holdAtLeast = "5m")
        public void nightly() {}
    }

    static class Before {

        @Lock4j(name = "order", keys = "#id", expire = 30000, acquireTimeout = 5000)
        public void ship(long id) {}
    }

    static class After {

        @DistributedLock(key = "order:#{#id}", waitFor = "5s")
        public void ship(long id) {}
    }
}
