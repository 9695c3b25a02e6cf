package io.distlock.redis;

import io.distlock.Lease;
import io.distlock.LockListener;
import io.distlock.LockUnavailableException;
import io.distlock.core.DistributedLocker;
import io.distlock.core.Instance;
import io.distlock.core.LockerSettings;
import io.distlock.core.RandomTokens;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.Nodes;
import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import redis.clients.jedis.JedisPoolConfig;

/** Connection factories as an application has them, and lockers over them. */
final class Connections {

    private Connections() {}

    static LettuceConnectionFactory to(TestRedis redis) {
        return to(new RedisStandaloneConfiguration(redis.host(), redis.port()));
    }

    static LettuceConnectionFactory to(RedisStandaloneConfiguration configuration) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(configuration);
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }

    /** With enough connections for many lockers, each of which keeps one to listen. */
    static JedisConnectionFactory jedis(TestRedis redis) {
        return jedis(new RedisStandaloneConfiguration(redis.host(), redis.port()));
    }

    static JedisConnectionFactory jedis(RedisStandaloneConfiguration configuration) {
        JedisPoolConfig pool = new JedisPoolConfig();
        pool.setMaxTotal(200);
        JedisConnectionFactory factory = new JedisConnectionFactory(
                configuration,
                JedisClientConfiguration.builder().usePooling().poolConfig(pool).build());
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }

    /** With the documented defaults, except that it does not wait long for leases when it is closed. */
    static DistributedLocker locker(RedisConnectionFactory connections, String prefix, LockListener... listeners) {
        return locker(new RedisLockDriverFactory(connections)::create, prefix, listeners);
    }

    /** The same over drivers that are made that way. */
    static DistributedLocker locker(
            Function<DriverSettings, LockDriver> drivers, String prefix, LockListener... listeners) {
        return locker(drivers, prefix, LockerSettings.defaults().passMax(), listeners);
    }

    /** One whose threads give every lease back. */
    static DistributedLocker withoutPassing(RedisConnectionFactory connections, String prefix) {
        return locker(new RedisLockDriverFactory(connections)::create, prefix, 0);
    }

    private static DistributedLocker locker(
            Function<DriverSettings, LockDriver> drivers, String prefix, int passMax, LockListener... listeners) {
        LockerSettings defaults = LockerSettings.defaults();
        LockerSettings settings = new LockerSettings(
                "default",
                prefix,
                defaults.ttl(),
                defaults.waitFor(),
                defaults.maxTtl(),
                defaults.autoRenew(),
                null,
                Duration.ZERO,
                defaults.pollInterval(),
                0,
                passMax,
                defaults.passTime(),
                Duration.ofMillis(10));
        Instance instance = Instance.here("app");
        return DistributedLocker.create(
                settings,
                instance,
                drivers.apply(settings(prefix, instance.id())),
                new RandomTokens(instance),
                List.of(listeners));
    }

    /** One whose locks count only when so many replicas have them. */
    static DistributedLocker locker(RedisConnectionFactory connections, String prefix, int replicas) {
        return locker(
                settings -> new RedisLockDriverFactory(connections)
                        .create(new DriverSettings(
                                settings.locker(),
                                settings.prefix(),
                                settings.instance(),
                                settings.commandTimeout(),
                                settings.recordRetention(),
                                true,
                                Optional.empty(),
                                Nodes.ofTheApplication(),
                                replicas)),
                prefix);
    }

    static DriverSettings settings(String prefix, String instance) {
        return new DriverSettings(
                "default", prefix, instance, Duration.ofSeconds(1), Duration.ofMinutes(1), true, Optional.empty());
    }

    /** Returns when the lease has been renewed. A machine that stands still for a moment may answer late meanwhile. */
    static void awaitRenewal(Lease lease) {
        awaitGrowth(() -> lease.ttl().orElseThrow());
    }

    static void awaitGrowth(Supplier<Duration> left) {
        AtomicReference<Duration> last = new AtomicReference<>(Duration.ofDays(1));
        Awaitility.await()
                .ignoreExceptionsInstanceOf(LockUnavailableException.class)
                .until(() -> {
                    Duration now = left.get();
                    return now.compareTo(last.getAndSet(now)) > 0;
                });
    }
}
