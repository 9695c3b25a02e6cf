package io.distlock.faults;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.Nodes;
import io.distlock.quorum.QuorumLockDriverFactory;
import io.distlock.redis.RedisLockDriverFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import redis.clients.jedis.JedisPoolConfig;

/** Where one instance keeps its locks, with clients of its own. */
record Store(Function<DriverSettings, LockDriver> drivers, Runnable closing) {

    static Store in(RedisConfiguration redis) {
        LettuceConnectionFactory connections = new LettuceConnectionFactory(redis);
        connections.afterPropertiesSet();
        connections.start();
        return new Store(new RedisLockDriverFactory(connections)::create, connections::destroy);
    }

    static Store overJedis(RedisStandaloneConfiguration redis) {
        return overJedis(new JedisConnectionFactory(redis));
    }

    static Store overJedis(RedisSentinelConfiguration redis) {
        return overJedis(new JedisConnectionFactory(redis));
    }

    static Store byJedisIn(RedisClusterConfiguration redis) {
        return overJedis(new JedisConnectionFactory(redis, new JedisPoolConfig()));
    }

    private static Store overJedis(JedisConnectionFactory connections) {
        connections.afterPropertiesSet();
        connections.start();
        return new Store(new RedisLockDriverFactory(connections)::create, connections::destroy);
    }

    /** @param rejoinAfter how long a node must have been up to vote */
    static Store inMajorityOf(List<String> addresses, Duration rejoinAfter) {
        RedisLockDriverFactory redis = new RedisLockDriverFactory(new LettuceConnectionFactory());
        QuorumLockDriverFactory quorum = new QuorumLockDriverFactory(() -> List.of(redis));
        Nodes nodes = new Nodes(addresses, true, rejoinAfter);
        return new Store(settings -> quorum.create(over(nodes, settings)), redis::close);
    }

    private static DriverSettings over(Nodes nodes, DriverSettings settings) {
        return new DriverSettings(
                settings.locker(),
                settings.prefix(),
                settings.instance(),
                settings.commandTimeout(),
                settings.recordRetention(),
                settings.messages(),
                settings.connectionFactory(),
                nodes,
                settings.replicas());
    }
}
