package io.distlock.redis;

import io.distlock.core.LockerContract;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What callers may rely on, on one real Redis. */
class RedisLockerTests extends LockerContract {

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

    @Override
    protected void elapse(Duration time) {
        try {
            Thread.sleep(time.plusMillis(5).toMillis()); // to the next full millisecond, and a little more
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }
}
