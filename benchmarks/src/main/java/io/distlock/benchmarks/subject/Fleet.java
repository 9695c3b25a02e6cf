package io.distlock.benchmarks.subject;

import io.distlock.Locker;
import io.distlock.benchmarks.server.RedisAddress;
import io.distlock.core.LockerSettings;
import java.util.ArrayList;
import java.util.List;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Instances of distlock with its defaults in one JVM, each with connections of its own. */
public final class Fleet {

    private final List<Locker> instances = new ArrayList<>();

    private final LettuceConnectionFactory redis;

    public Fleet(RedisAddress redis) {
        this.redis = SpringRedis.connect(redis);
    }

    /** The instance of that number, opened when it is first asked for. */
    public Locker instance(int number) {
        while (this.instances.size() <= number) {
            this.instances.add(Distlock.locker(this.redis, LockerSettings.defaults()));
        }
        return this.instances.get(number);
    }
}
