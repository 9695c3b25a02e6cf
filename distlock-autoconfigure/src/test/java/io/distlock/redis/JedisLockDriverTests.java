package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LineDriver;
import io.distlock.testredis.RedisServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/** The contract on one real Redis, over Jedis. */
class JedisLockDriverTests extends RedisLockDriverTests {

    private static JedisConnectionFactory jedis;

    @BeforeAll
    static void connectJedis() {
        jedis = Connections.jedis(RedisServers.shared());
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
