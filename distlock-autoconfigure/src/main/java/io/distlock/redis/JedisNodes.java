package io.distlock.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.ClusterSlotHashUtil;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisClusterNode;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.convert.Converters;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClusterClient;

/**
 * Which node of a cluster has a key, as far as is known: Jedis knows as well, does not tell, and looks again only when it
 * has tried several times. It is asked for on a thread of its own, since a node that is asked may be silent, too.
 */
final class JedisNodes {

    private static final int SLOTS = 16_384;

    /** Between two looks, which cost one small request. */
    private static final long REST = Duration.ofMillis(200).toNanos();

    private final RedisConnectionFactory factory;

    /** By slot; empty where it is not known. */
    private volatile String[] nodes = {};

    private final AtomicReference<@Nullable CompletableFuture<Void>> looking = new AtomicReference<>();

    private volatile long lookedAt = System.nanoTime() - REST;

    /** It is asked last, since it may say nothing for long. */
    private volatile String suspect = "";

    JedisNodes(RedisConnectionFactory factory) {
        this.factory = factory;
    }

    /**
     * To each node, by host and port. Which client has them depends on how the connection factory was made. The older one is
     * tried first: the Jedis of Spring Boot 4.0 does not have the other.
     */
    static Map<String, ConnectionPool> connections(RedisConnection redis) {
        Object client = redis.getNativeConnection();
        if (client instanceof JedisCluster older) {
            return older.getClusterNodes();
        }
        return client instanceof RedisClusterClient cluster ? cluster.getClusterNodes() : Map.of();
    }

    String of(String key) {
        String[] known = this.nodes;
        if (known.length == 0) {
            lookAgain("");
            return "";
        }
        return known[ClusterSlotHashUtil.calculateSlot(key)];
    }

    /** Something is wrong at that one, or none is known: who has which slot may have changed. */
    void lookAgain(String node) {
        if (System.nanoTime() - this.lookedAt >= REST) {
            this.suspect = node;
            look();
        }
    }

    /** Completes, well or not, when the nodes have been looked at. */
    CompletableFuture<Void> look() {
        CompletableFuture<Void> next = new CompletableFuture<>();
        CompletableFuture<Void> before = this.looking.compareAndExchange(null, next);
        if (before != null) {
            return before;
        }
        Thread thread = new Thread(() -> look(next), "distlock-jedis-nodes");
        thread.setDaemon(true);
        thread.start();
        return next;
    }

    private void look(CompletableFuture<Void> done) {
        try (RedisClusterConnection redis = this.factory.getClusterConnection()) {
            for (Map.Entry<String, ConnectionPool> node : inTurn(connections(redis))) {
                if (ask(node.getValue())) {
                    break;
                }
            }
        } catch (RuntimeException unknown) {
            // whoever asks a node hears what is wrong with it
        } finally {
            this.lookedAt = System.nanoTime();
            this.looking.set(null);
            done.complete(null);
        }
    }

    private List<Map.Entry<String, ConnectionPool>> inTurn(Map<String, ConnectionPool> connections) {
        List<Map.Entry<String, ConnectionPool>> all = new ArrayList<>(connections.entrySet());
        Collections.shuffle(all);
        String last = this.suspect;
        all.sort(Comparator.comparing(node -> node.getKey().equals(last)));
        return all;
    }

    private boolean ask(ConnectionPool node) {
        try (Connection connection = node.getResource()) {
            Object said = connection.executeCommand(new CommandArguments(Protocol.Command.CLUSTER).add("NODES"));
            read(new String((byte[]) said, StandardCharsets.UTF_8));
            return true;
        } catch (RuntimeException silent) {
            return false;
        }
    }

    private void read(String said) {
        String[] found = new String[SLOTS];
        Arrays.fill(found, "");
        for (RedisClusterNode node : Converters.toSetOfRedisClusterNodes(said)) {
            if (node.isMaster()) {
                String name = node.getHost() + ":" + node.getPort();
                node.getSlotRange().getSlots().forEach(slot -> found[slot] = name);
            }
        }
        this.nodes = found;
    }
}
