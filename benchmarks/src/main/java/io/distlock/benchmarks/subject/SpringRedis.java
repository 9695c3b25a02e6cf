package io.distlock.benchmarks.subject;

import io.distlock.benchmarks.server.RedisAddress;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The connection factory as an application has it. */
final class SpringRedis {

    private SpringRedis() {}

    static LettuceConnectionFactory connect(RedisAddress address) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(address.host(), address.port());
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }

    /** The same over Jedis. */
    static JedisConnectionFactory connectJedis(RedisAddress address) {
        JedisConnectionFactory factory =
                new JedisConnectionFactory(new RedisStandaloneConfiguration(address.host(), address.port()));
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }
}
