package io.distlock.benchmarks.subject;

import io.distlock.Locker;
import io.distlock.benchmarks.server.RedisAddress;
import io.distlock.core.LockerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Instances of distlock with its defaults in one JVM, each with connections of its own. */
public final class Fleet {

    private final List<Locker> instances = new ArrayList<>();

    private final LettuceConnectionFactory redis;

    private Duration poll = LockerSettings.defaults().pollInterval();

    public Fleet(RedisAddress redis) {
        this.redis = SpringRedis.connect(redis);
    }

    /** Of the instances that are opened from now on. */
    public void pollEvery(Duration interval) {
        this.poll = interval;
    }

    /** The instance of that number, opened when it is first asked for. */
    public Locker instance(int number) {
        while (this.instances.size() <= number) {
            this.instances.add(Distlock.locker(this.redis, settings()));
        }
        return this.instances.get(number);
    }

    private LockerSettings settings() {
        LockerSettings defaults = LockerSettings.defaults();
        return Distlock.settings(defaults.ttl(), defaults.waitFor(), this.poll, defaults.passMax());
    }
}
