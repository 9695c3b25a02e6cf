package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LineDriver;
import io.distlock.driver.SeveralKeysDriverContract;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.Collection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The contract on one real Redis. */
class RedisLockDriverTests extends SeveralKeysDriverContract {

    private static final TestRedis REDIS = RedisServers.shared();

    private static LettuceConnectionFactory connections;

    @BeforeAll
    static void connect() {
        connections = Connections.to(REDIS);
    }

    @AfterAll
    static void disconnect() {
        connections.destroy();
    }

    @Override
    protected LineDriver create(DriverSettings settings) {
        return (LineDriver) new RedisLockDriverFactory(connections).create(settings);
    }

    @Override
    protected void elapse(Duration time) {
        try {
            Thread.sleep(
                    time.plusMillis(5).toMillis()); // to the next full millisecond of the server, and a little more
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    protected Collection<String> stored(String prefix) {
        return (Collection<String>) REDIS.call("KEYS", prefix + "*");
    }
}
