package io.distlock.quorum;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverFactory;
import io.distlock.driver.Nodes;
import io.distlock.driver.VotingDriver;
import io.distlock.redis.RedisLockDriverFactory;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Several Redis processes, and drivers over all of them. */
final class RedisNodes implements AutoCloseable {

    private final List<PrivateRedis> servers;

    private final RedisLockDriverFactory redis = new RedisLockDriverFactory(new LettuceConnectionFactory());

    private RedisNodes(List<PrivateRedis> servers) {
        this.servers = servers;
    }

    static RedisNodes start(int count, String... settings) {
        return new RedisNodes(IntStream.range(0, count)
                .mapToObj(i -> RedisServers.start(settings))
                .toList());
    }

    /** The first connections of a JVM may take longer than any question is waited for. */
    void warmUp() {
        DriverSettings settings = new DriverSettings(
                "warm-up",
                "warm-up:",
                "warm-up",
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                false,
                Optional.empty());
        for (VotingDriver store : stores(settings)) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .ignoreExceptions()
                    .until(() -> store.prepare().toCompletableFuture().get(10, TimeUnit.SECONDS) != null);
            store.close();
        }
    }

    PrivateRedis get(int index) {
        return this.servers.get(index);
    }

    /** With the time-outs of one store: the tests of several must not fail because the machine stood still for a second. */
    LockDriver quorum(DriverSettings settings, Duration rejoinAfter) {
        return new QuorumLockDriver(new Voters(nodes(settings), this.servers.size() > 1, rejoinAfter));
    }

    List<Node> nodes(DriverSettings settings) {
        return stores(settings).stream()
                .map(store -> new Node("one of " + this.servers.size(), "test", store))
                .toList();
    }

    List<VotingDriver> stores(DriverSettings settings) {
        return addresses().stream()
                .map(address -> (VotingDriver) this.redis.create(
                        over(settings, true, Duration.ZERO).forNode(address, settings.commandTimeout())))
                .toList();
    }

    void forEachServer(Consumer<PrivateRedis> action) {
        this.servers.forEach(action);
    }

    int size() {
        return this.servers.size();
    }

    Supplier<List<LockDriverFactory>> redis() {
        return () -> List.of(this.redis);
    }

    List<String> addresses() {
        return this.servers.stream()
                .map(server -> "redis://" + server.host() + ":" + server.port())
                .toList();
    }

    DriverSettings over(DriverSettings settings, boolean fencing, Duration rejoinAfter) {
        return new DriverSettings(
                settings.locker(),
                settings.prefix(),
                settings.instance(),
                settings.commandTimeout(),
                settings.recordRetention(),
                settings.messages(),
                settings.connectionFactory(),
                new Nodes(addresses(), fencing, rejoinAfter),
                0);
    }

    /** Of those servers that were not stopped. */
    @SuppressWarnings("unchecked")
    Collection<String> stored(int living, String prefix) {
        Collection<String> keys = new TreeSet<>();
        for (int i = 0; i < living; i++) {
            keys.addAll((Collection<String>) get(i).call("KEYS", prefix + "*"));
        }
        return keys;
    }

    @Override
    public void close() {
        this.redis.close();
        this.servers.forEach(PrivateRedis::close);
    }
}
