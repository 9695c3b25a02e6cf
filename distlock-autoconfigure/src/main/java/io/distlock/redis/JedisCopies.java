package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.ClusterSlotHashUtil;
import org.springframework.data.redis.connection.RedisConnection;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;

/**
 * Waits for replicas as Jedis does it: the connection that wrote must be the one that waits. Which client that is depends
 * on how the connection factory was made: one that was given a {@code JedisPoolConfig} has those of before Jedis 7.
 */
final class JedisCopies {

    private JedisCopies() {}

    /** @param node that has the record, as far as is known */
    static long await(RedisConnection redis, String node, String record, int replicas, Duration timeout) {
        Object client = redis.getNativeConnection();
        if (client instanceof Jedis one) { // the connection itself, which whoever borrowed it gives back
            return await(new Pipeline(one), record, replicas, timeout);
        }
        try (Connection connection = inCluster(redis, node, record)) {
            if (connection != null) {
                return await(new Pipeline(connection), record, replicas, timeout);
            }
        }
        if (client instanceof UnifiedJedis one && one.pipelined() instanceof Pipeline pipeline) {
            try (pipeline) {
                return await(pipeline, record, replicas, timeout);
            }
        }
        throw new LockDriverException(
                Kind.MISCONFIGURED, "this Jedis client cannot wait for replicas: " + client.getClass(), null);
    }

    private static @Nullable Connection inCluster(RedisConnection redis, String node, String record) {
        ConnectionPool known = JedisNodes.connections(redis).get(node);
        if (known != null) {
            return known.getResource();
        }
        Object client = redis.getNativeConnection();
        if (client instanceof JedisCluster older) { // first: see JedisNodes
            return older.getConnectionFromSlot(slot(record));
        }
        return client instanceof RedisClusterClient cluster ? cluster.getConnectionFromSlot(slot(record)) : null;
    }

    private static int slot(String key) {
        return ClusterSlotHashUtil.calculateSlot(key);
    }

    private static long await(Pipeline pipeline, String record, int replicas, Duration timeout) {
        Response<Object> written = pipeline.eval(Script.COPY.source(), List.of(record), List.of());
        Response<Long> copies = pipeline.waitReplicas(replicas, timeout.toMillis());
        pipeline.sync();
        return List.of(1L).equals(written.get()) ? copies.get() : 0;
    }
}
