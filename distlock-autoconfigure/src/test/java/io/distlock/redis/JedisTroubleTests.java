package io.distlock.redis;

import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/** The same troubles over Jedis. */
class JedisTroubleTests extends RedisTroubleTests {

    @Override
    RedisConnectionFactory connect(RedisStandaloneConfiguration configuration) {
        JedisConnectionFactory connections = Connections.jedis(configuration);
        opened((AutoCloseable) connections::destroy);
        return connections;
    }
}
