package io.distlock.benchmarks.subject;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.ReleaseOutcome;
import io.distlock.core.DistributedLocker;
import io.distlock.core.Instance;
import io.distlock.core.LockerSettings;
import io.distlock.core.RandomTokens;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.redis.RedisLockDriverFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** distlock with its defaults, or without passing on inside the JVM; over either client. */
final class Distlock implements Subject {

    private final DistributedLocker locker;

    private final Runnable disconnect;

    private Distlock(DistributedLocker locker, Runnable disconnect) {
        this.locker = locker;
        this.disconnect = disconnect;
    }

    /** An instance of its own, with connections of its own. */
    static DistributedLocker locker(RedisConnectionFactory redis, LockerSettings lockerSettings) {
        Instance instance = Instance.here("benchmarks");
        LockDriver driver = new RedisLockDriverFactory(redis)
                .create(new DriverSettings(
                        lockerSettings.name(),
                        lockerSettings.prefix(),
                        instance.id(),
                        Duration.ofSeconds(1),
                        Duration.ofHours(1),
                        true,
                        Optional.empty()));
        return DistributedLocker.create(lockerSettings, instance, driver, new RandomTokens(instance), List.of());
    }

    static Distlock passing(SubjectSettings settings) {
        return overLettuce(settings, LockerSettings.defaults().passMax());
    }

    static Distlock notPassing(SubjectSettings settings) {
        return overLettuce(settings, 0);
    }

    private static Distlock overLettuce(SubjectSettings settings, int passMax) {
        LettuceConnectionFactory redis = SpringRedis.connect(settings.redis());
        return new Distlock(locker(redis, settings(settings, passMax)), redis::destroy);
    }

    static Distlock overJedis(SubjectSettings settings) {
        return overJedis(settings, LockerSettings.defaults().passMax());
    }

    static Distlock overJedisNotPassing(SubjectSettings settings) {
        return overJedis(settings, 0);
    }

    private static Distlock overJedis(SubjectSettings settings, int passMax) {
        JedisConnectionFactory redis = SpringRedis.connectJedis(settings.redis());
        return new Distlock(locker(redis, settings(settings, passMax)), redis::destroy);
    }

    private static LockerSettings settings(SubjectSettings settings, int passMax) {
        return settings(
                settings.ttl(), SubjectSettings.WAIT, LockerSettings.defaults().pollInterval(), passMax);
    }

    /** The defaults but for these. */
    static LockerSettings settings(Duration ttl, Duration waitFor, Duration pollInterval, int passMax) {
        LockerSettings defaults = LockerSettings.defaults();
        return new LockerSettings(
                defaults.name(),
                defaults.prefix(),
                ttl,
                waitFor,
                defaults.maxTtl(),
                defaults.autoRenew(),
                defaults.maxHold(),
                defaults.grace(),
                pollInterval,
                defaults.maxWaiters(),
                passMax,
                defaults.passTime(),
                defaults.shutdownGrace());
    }

    @Override
    public Held acquire(String key) {
        Lease lease = this.locker.acquire(LockRequest.of(key));
        return () -> {
            ReleaseOutcome outcome = lease.release();
            if (outcome == ReleaseOutcome.UNKNOWN) {
                throw new IllegalStateException("Redis did not answer the release of " + key + " in time");
            }
            return outcome == ReleaseOutcome.RELEASED;
        };
    }

    @Override
    public void close() {
        this.locker.close();
        this.disconnect.run();
    }
}
