package io.distlock.redis;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/** The same over Jedis. */
class JedisReplicaTests extends ReplicaTests {

    private static JedisConnectionFactory jedis;

    @BeforeAll
    static void connectJedis() {
        jedis = Connections.jedis(master);
    }

    @AfterAll
    static void disconnectJedis() {
        jedis.destroy();
    }

    @Override
    RedisConnectionFactory connections() {
        return jedis;
    }
}
