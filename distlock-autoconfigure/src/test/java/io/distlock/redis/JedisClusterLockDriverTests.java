package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LineDriver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import redis.clients.jedis.JedisPoolConfig;

/** The contract on a real cluster, over Jedis. */
class JedisClusterLockDriverTests extends RedisClusterLockDriverTests {

    private static JedisConnectionFactory jedis;

    @BeforeAll
    static void connectJedis() {
        JedisPoolConfig pool = new JedisPoolConfig();
        pool.setMaxTotal(200);
        jedis = new JedisConnectionFactory(
                nodes(),
                JedisClientConfiguration.builder().usePooling().poolConfig(pool).build());
        jedis.afterPropertiesSet();
        jedis.start();
    }

    @AfterAll
    static void disconnectJedis() {
        jedis.destroy();
    }

    @Override
    protected LineDriver create(DriverSettings settings) {
        return (LineDriver) new RedisLockDriverFactory(jedis).create(settings);
    }
}
