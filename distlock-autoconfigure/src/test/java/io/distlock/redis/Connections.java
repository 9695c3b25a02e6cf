package io.distlock.redis;

import io.distlock.testredis.TestRedis;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Connection factories as an application has them. */
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
}
