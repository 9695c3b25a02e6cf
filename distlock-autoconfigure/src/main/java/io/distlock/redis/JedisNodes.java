package io.distlock.redis;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.ClusterSlotHashUtil;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisClusterNode;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Which node of a cluster has a key, as far as is known: Jedis knows better, and does not tell. What is out of date here
 * puts a command into the wrong lane, no more. It is asked for on a thread of its own, since the node that is asked first
 * may be the one that is silent.
 */
final class JedisNodes {

    private static final int SLOTS = 16_384;

    private static final long REST = Duration.ofSeconds(5).toNanos();

    private final RedisConnectionFactory factory;

    /** By slot; empty where it is not known. */
    private volatile String[] nodes = {};

    private final AtomicReference<@Nullable CompletableFuture<Void>> looking = new AtomicReference<>();

    private volatile long lookedAt = System.nanoTime() - REST;

    JedisNodes(RedisConnectionFactory factory) {
        this.factory = factory;
    }

    String of(String key) {
        String[] known = this.nodes;
        if (known.length == 0) {
            lookAgain();
            return "";
        }
        return known[ClusterSlotHashUtil.calculateSlot(key)];
    }

    /** Something is wrong at one of them, or they are not known: who has which slot may have changed. */
    void lookAgain() {
        if (System.nanoTime() - this.lookedAt >= REST) {
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
        try (RedisClusterConnection connection = this.factory.getClusterConnection()) {
            String[] found = new String[SLOTS];
            Arrays.fill(found, "");
            for (RedisClusterNode node : connection.clusterGetNodes()) {
                if (node.isMaster()) {
                    String name = node.getHost() + ":" + node.getPort();
                    node.getSlotRange().getSlots().forEach(slot -> found[slot] = name);
                }
            }
            this.nodes = found;
        } catch (RuntimeException unknown) {
            // whoever asks a node hears what is wrong with it
        } finally {
            this.lookedAt = System.nanoTime();
            this.looking.set(null);
            done.complete(null);
        }
    }
}
