package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.testredis.RedisServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/** What callers may rely on who share a lock, on one real Redis, over Jedis. */
class JedisSharingTests extends RedisSharingTests {

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
    protected LockDriver create(DriverSettings settings) {
        return new RedisLockDriverFactory(jedis).create(settings);
    }
}
