package io.distlock.redis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Over a connection in our own hand: it can be cut, and so ends at once although a server that is gone without a word answers
 * nothing any more. It does not go back to the pool, where an answer that still comes would be taken for another's.
 */
final class JedisOwnHearing extends JedisPubSub implements JedisHearing {

    private final Connection connection;

    private final Runnable giveBack;

    private final String channel;

    private final Ear ear;

    private JedisOwnHearing(Connection connection, Runnable giveBack, String channel, Ear ear) {
        this.connection = connection;
        this.giveBack = giveBack;
        this.channel = channel;
        this.ear = ear;
    }

    /** @return null if the client keeps its connections to itself, as the one of Sentinel does */
    static @Nullable JedisOwnHearing over(RedisConnection redis, String channel, Ear ear) {
        Object client = redis.getNativeConnection();
        if (client instanceof Jedis one) {
            return new JedisOwnHearing(one.getConnection(), redis::close, channel, ear);
        }
        Connection own = toAnyNode(redis);
        if (own == null && client instanceof RedisClient pooled) { // not first: see JedisNodes
            own = pooled.getPool().getResource();
        }
        return own == null ? null : new JedisOwnHearing(own, own::close, channel, ear);
    }

    /** All nodes of a cluster hear what one is told. */
    private static @Nullable Connection toAnyNode(RedisConnection redis) {
        List<ConnectionPool> nodes =
                new ArrayList<>(JedisNodes.connections(redis).values());
        Collections.shuffle(nodes);
        RuntimeException away = null;
        for (ConnectionPool node : nodes) {
            try {
                return node.getResource();
            } catch (RuntimeException failure) {
                away = failure;
            }
        }
        if (away != null) {
            throw away;
        }
        return null;
    }

    @Override
    public void hear(boolean tryOut) {
        try {
            if (tryOut) {
                tryOut();
            }
            proceed(this.connection, this.channel);
        } finally {
            this.connection.setBroken();
            this.giveBack.run();
        }
    }

    private void tryOut() {
        try {
            this.connection.executeCommand(new CommandArguments(Command.GET).add(this.channel));
        } catch (JedisDataException answered) {
            // that it is at another node, or forbidden: it is not dead
        }
    }

    /** Without sending what is left, which a server that is gone would not take. */
    @Override
    public void end() {
        try {
            this.connection.forceDisconnect();
        } catch (IOException closed) {
            // then it is over, too
        }
    }

    @Override
    public void onSubscribe(String subscribed, int count) {
        this.ear.opened();
    }

    @Override
    public void onMessage(String from, String message) {
        this.ear.heard(message);
    }
}
