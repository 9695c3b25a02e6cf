package io.distlock.redis;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Asks one node of a cluster over the connections that the application's client has to it. Asked for a key, that client
 * would try five times and sleep in between, together for as long as five time-outs: a thread of ours would be gone for so
 * long, and what it sends at last comes when nobody waits for it any more. Here a connection that fails is the answer; only
 * to where the node says that the key is, the question follows.
 */
final class JedisDoor {

    private static final int MOST_REDIRECTIONS = 5;

    private final JedisNodes nodes;

    JedisDoor(JedisNodes nodes) {
        this.nodes = nodes;
    }

    /** By its digest at the node that has the first key, and by its text where that does not know it yet. */
    List<Object> run(RedisConnection redis, Script script, String[] keys, String[] arguments) {
        String node = keys.length == 0 ? "" : this.nodes.of(keys[0]);
        boolean isAsked = false;
        for (int redirections = 0; ; redirections++) {
            ConnectionPool pool = node.isEmpty() ? null : connections(redis, node, keys[0]);
            if (pool == null) {
                return JedisScripts.run(redis.scriptingCommands(), script, keys, arguments);
            }
            try (Connection connection = pool.getResource()) {
                return JedisScripts.run(connection, isAsked, script, keys, arguments);
            } catch (JedisRedirectionException elsewhere) {
                if (redirections == MOST_REDIRECTIONS) {
                    throw elsewhere;
                }
                isAsked = elsewhere instanceof JedisAskDataException;
                if (!isAsked) {
                    this.nodes.lookAgain(node);
                }
                node = elsewhere.getTargetNode().toString();
            }
        }
    }

    /**
     * The client has none to a replica, even if that has been promoted, until it is redirected there. It is when it asks any
     * node for the key, as it does if it has not been told that this is one.
     */
    private static @Nullable ConnectionPool connections(RedisConnection redis, String node, String key) {
        ConnectionPool known = JedisNodes.connections(redis).get(node);
        if (known == null && redis.getNativeConnection() instanceof UnifiedJedis client) {
            client.sendCommand(Command.EXISTS, key);
            known = JedisNodes.connections(redis).get(node);
        }
        return known;
    }
}
