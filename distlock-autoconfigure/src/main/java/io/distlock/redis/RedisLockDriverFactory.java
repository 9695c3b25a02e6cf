package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverFactory;
import io.lettuce.core.resource.ClientResources;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Makes drivers over one server, Sentinel or Cluster: the application's, or one that a locker names by its address. Public
 * for use without auto-configuration.
 */
public final class RedisLockDriverFactory implements LockDriverFactory, AutoCloseable {

    private final Function<Optional<String>, RedisConnectionFactory> connectionFactories;

    /** Threads that all servers named by address share. */
    private final AtomicReference<@Nullable ClientResources> resources = new AtomicReference<>();

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

    /** A node is the address of a Redis, or the bean name of a connection factory. */
    @Override
    public LockDriver create(DriverSettings settings) {
        List<String> nodes = settings.nodes().addresses();
        if (nodes.size() > 1) {
            throw new IllegalArgumentException("the locker '" + settings.locker() + "' names " + nodes.size()
                    + " nodes, and the driver 'redis' locks at one. Drivers for several are 'quorum' and 'sequence'");
        }
        if (nodes.isEmpty()) {
            return create(settings, settings.connectionFactory());
        }
        String node = nodes.get(0);
        return node.contains(":") ? atAddress(settings, node) : create(settings, Optional.of(node));
    }

    private LockDriver create(DriverSettings settings, Optional<String> name) {
        RedisConnectionFactory factory = this.connectionFactories.apply(name);
        if (factory instanceof LettuceConnectionFactory lettuce) {
            return create(settings, new LettuceDoor(lettuce));
        }
        if (factory instanceof JedisConnectionFactory jedis) {
            return new RedisLockDriver(new Circuit(new JedisLink(jedis)), settings);
        }
        throw new IllegalArgumentException("The locker '" + settings.locker()
                + "' cannot use a connection factory of type "
                + factory.getClass().getName()
                + ": it needs a LettuceConnectionFactory or a JedisConnectionFactory, as Spring Boot makes them");
    }

    private LockDriver atAddress(DriverSettings settings, String address) {
        return create(settings, new LettuceDoor(OwnRedis.at(address, settings.commandTimeout(), shared()), true));
    }

    private ClientResources shared() {
        ClientResources known = this.resources.get();
        if (known != null) {
            return known;
        }
        ClientResources made = ClientResources.create();
        if (this.resources.compareAndSet(null, made)) {
            return made;
        }
        made.shutdown();
        return shared();
    }

    private static LockDriver create(DriverSettings settings, LettuceDoor door) {
        return new RedisLockDriver(new Circuit(new LettuceLink(door, settings.commandTimeout())), settings);
    }

    /** Frees what servers named by address share; the drivers have been closed before. */
    @Override
    public void close() {
        ClientResources last = this.resources.getAndSet(null);
        if (last != null) {
            last.shutdown(0, 2, TimeUnit.SECONDS);
        }
    }
}
