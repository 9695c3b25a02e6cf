package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverFactory;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Makes drivers over the application's Redis: one server, Sentinel or Cluster. Public for use without auto-configuration. */
public final class RedisLockDriverFactory implements LockDriverFactory {

    private final Function<Optional<String>, RedisConnectionFactory> connectionFactories;

    /** @param connectionFactories finds the connection factory by bean name, or the only one */
    RedisLockDriverFactory(Function<Optional<String>, RedisConnectionFactory> connectionFactories) {
        this.connectionFactories = connectionFactories;
    }

    /** Over a connection factory that has been started, and outlives the drivers. */
    public RedisLockDriverFactory(RedisConnectionFactory connectionFactory) {
        this(name -> connectionFactory);
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public LockDriver create(DriverSettings settings) {
        RedisConnectionFactory factory = this.connectionFactories.apply(settings.connectionFactory());
        if (factory instanceof LettuceConnectionFactory lettuce) {
            LettuceDoor door = new LettuceDoor(lettuce);
            RedisLink link = new LettuceLink(door, settings.commandTimeout());
            // in a cluster one node may be silent and the others not
            return new RedisLockDriver(door.isCluster() ? link : new Circuit(link), settings);
        }
        throw new IllegalArgumentException("The locker '" + settings.locker()
                + "' cannot use a connection factory of type "
                + factory.getClass().getName() + ": it needs a LettuceConnectionFactory, which Spring Boot makes unless"
                + " spring.data.redis.client-type says otherwise");
    }
}
