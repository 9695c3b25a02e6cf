package io.distlock.faults;

import io.distlock.LockListener;
import io.distlock.core.DistributedLocker;
import io.distlock.core.Instance;
import io.distlock.core.LockerSettings;
import io.distlock.core.RandomTokens;
import io.distlock.driver.DriverSettings;
import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** One instance of an application, as far as locks go: a Redis client of its own and a locker over it. */
final class RunningInstance implements AutoCloseable {

    private final Store store;

    private final DistributedLocker locker;

    private RunningInstance(Store store, DistributedLocker locker) {
        this.store = store;
        this.locker = locker;
    }

    static RunningInstance on(TestRedis redis) {
        return with(redis).start();
    }

    static Setup with(TestRedis redis) {
        return with(new RedisStandaloneConfiguration(redis.host(), redis.port()));
    }

    static Setup with(RedisConfiguration redis) {
        return new Setup(() -> Store.in(redis));
    }

    static Setup overJedis(RedisStandaloneConfiguration redis) {
        return new Setup(() -> Store.overJedis(redis));
    }

    static Setup overJedis(RedisSentinelConfiguration redis) {
        return new Setup(() -> Store.overJedis(redis));
    }

    static Setup byJedisWith(RedisClusterConfiguration redis) {
        return new Setup(() -> Store.byJedisIn(redis));
    }

    /** @param rejoinAfter how long a node must have been up to vote */
    static Setup withMajorityOf(List<String> addresses, Duration rejoinAfter) {
        return new Setup(() -> Store.inMajorityOf(addresses, rejoinAfter));
    }

    DistributedLocker locker() {
        return this.locker;
    }

    /** Cut off from Redis for good, in the middle of whatever it did. */
    void vanish() {
        this.store.closing().run();
    }

    @Override
    public void close() {
        this.locker.close();
        this.store.closing().run();
    }

    /** How it is set up; short times, so that tests need not wait long for what ends by itself. */
    static final class Setup {

        private final Supplier<Store> stores;

        private final List<LockListener> listeners = new ArrayList<>();

        private String name = "default";

        private Duration ttl = Duration.ofSeconds(2);

        private Duration pollInterval = Duration.ofMillis(500);

        private Duration retention = Duration.ofSeconds(1);

        /** Null = what it is where nothing is said of it. */
        private @Nullable Duration commandTimeout;

        private Duration grace = Duration.ZERO;

        private int maxWaiters;

        private int passMax = 64;

        private Duration passTime = LockerSettings.defaults().passTime();

        private boolean messages = true;

        private Setup(Supplier<Store> stores) {
            this.stores = stores;
        }

        Setup name(String name) {
            this.name = name;
            return this;
        }

        Setup ttl(Duration ttl) {
            this.ttl = ttl;
            return this;
        }

        Setup commandTimeout(Duration commandTimeout) {
            this.commandTimeout = commandTimeout;
            return this;
        }

        Setup pollInterval(Duration pollInterval) {
            this.pollInterval = pollInterval;
            return this;
        }

        Setup retention(Duration retention) {
            this.retention = retention;
            return this;
        }

        Setup maxWaiters(int maxWaiters) {
            this.maxWaiters = maxWaiters;
            return this;
        }

        Setup passing(int most, Duration longest) {
            this.passMax = most;
            this.passTime = longest;
            return this;
        }

        Setup grace(Duration grace) {
            this.grace = grace;
            return this;
        }

        Setup withoutPassing() {
            this.passMax = 0;
            return this;
        }

        Setup withoutMessages() {
            this.messages = false;
            return this;
        }

        Setup listener(LockListener listener) {
            this.listeners.add(listener);
            return this;
        }

        RunningInstance start() {
            Store store = this.stores.get();
            LockerSettings settings = settings();
            Instance instance = Instance.here("faults");
            DriverSettings driver = new DriverSettings(
                    settings.name(),
                    settings.prefix(),
                    instance.id(),
                    this.commandTimeout == null ? usualTimeout(this.ttl) : this.commandTimeout,
                    this.retention,
                    this.messages,
                    Optional.empty());
            return new RunningInstance(
                    store,
                    DistributedLocker.create(
                            settings,
                            instance,
                            store.drivers().apply(driver),
                            new RandomTokens(instance),
                            this.listeners));
        }

        private static Duration usualTimeout(Duration ttl) {
            Duration third = ttl.dividedBy(3);
            Duration most = Duration.ofSeconds(1);
            return third.compareTo(most) < 0 ? third : most;
        }

        private LockerSettings settings() {
            LockerSettings usual = LockerSettings.defaults();
            return new LockerSettings(
                    this.name,
                    usual.prefix(),
                    this.ttl,
                    Duration.ofSeconds(20),
                    usual.maxTtl(),
                    usual.autoRenew(),
                    usual.maxHold(),
                    this.grace,
                    this.pollInterval,
                    this.maxWaiters,
                    this.passMax,
                    this.passTime,
                    Duration.ofSeconds(1));
        }
    }
}
