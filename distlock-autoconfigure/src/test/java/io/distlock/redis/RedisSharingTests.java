package io.distlock.redis;

import io.distlock.core.SharingLockerContract;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.testredis.RedisServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What callers may rely on who share a lock, on one real Redis. */
class RedisSharingTests extends SharingLockerContract {

    private static LettuceConnectionFactory connections;

    @BeforeAll
    static void connect() {
        connections = Connections.to(RedisServers.shared());
    }

    @AfterAll
    static void disconnect() {
        connections.destroy();
    }

    @Override
    protected LockDriver create(DriverSettings settings) {
        return new RedisLockDriverFactory(connections).create(settings);
    }
}
