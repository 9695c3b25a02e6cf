package io.distlock.redis;

import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.StatefulRedisClusterConnectionImpl;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who has taken over the slots of a node that has fallen silent. Lettuce looks when it cannot connect, which is
 * sooner than another takes over, and then not again for seconds at the least; and it waits for the silent one's answer,
 * too. So one of the others is asked, over a connection of ours, again and again until what was not answered is long ago:
 * the next command would otherwise have to time out before anybody looks, and the one after it wait for that look.
 */
final class LettuceNodes {

    /** Between two looks, which cost one small request. */
    private static final long REST = Duration.ofMillis(200).toNanos();

    /** To be answered, on a busy machine over a connection made for it; or to find again that nothing is. */
    private static final long LONG = Duration.ofSeconds(1).toNanos();

    private static final Executor LATER = CompletableFuture.delayedExecutor(REST, TimeUnit.NANOSECONDS, Runnable::run);

    private final LettuceDoor door;

    private final Supplier<@Nullable StatefulRedisClusterConnection<String, String>> connection;

    /** Slots, and until when they are looked for. */
    private final ConcurrentMap<Integer, Long> silent = new ConcurrentHashMap<>();

    private final AtomicBoolean looking = new AtomicBoolean();

    /** @param connection to the cluster as it stands; null while there is none */
    LettuceNodes(LettuceDoor door, Supplier<@Nullable StatefulRedisClusterConnection<String, String>> connection) {
        this.door = door;
        this.connection = connection;
    }

    /** The node that has this key did not answer within that time. */
    void lookForAnother(String key, Duration timeout) {
        this.silent.put(SlotHash.getSlot(key), System.nanoTime() + timeout.toNanos() + LONG);
        begin();
    }

    private void begin() {
        if (!this.silent.isEmpty() && this.looking.compareAndSet(false, true)) {
            look();
        }
    }

    private void look() {
        StatefulRedisClusterConnection<String, String> cluster = this.connection.get();
        if (cluster == null) {
            LATER.execute(this::goOn);
            return;
        }
        CompletableFuture.completedFuture(cluster)
                .thenCompose(this::ask)
                .thenAccept(said -> follow(cluster, said))
                .whenComplete((done, failure) -> LATER.execute(this::goOn)); // whatever happened
    }

    private void goOn() {
        long now = System.nanoTime();
        this.silent.values().removeIf(end -> now - end >= 0);
        if (this.silent.isEmpty()) {
            this.looking.set(false);
            begin(); // for who came meanwhile
        } else {
            look();
        }
    }

    /** Any of those that are not silent themselves, as far as is known. */
    private CompletableFuture<Partitions> ask(StatefulRedisClusterConnection<String, String> cluster) {
        Partitions known = cluster.getPartitions();
        List<String> avoided = this.silent.keySet().stream()
                .map(slot -> id(known.getMasterBySlot(slot)))
                .toList();
        List<String> others = known.stream()
                .map(RedisClusterNode::getNodeId)
                .filter(id -> !avoided.contains(id))
                .toList();
        if (others.isEmpty()) {
            return CompletableFuture.completedFuture(new Partitions());
        }
        return cluster.getConnectionAsync(others.get(ThreadLocalRandom.current().nextInt(others.size())))
                .thenCompose(node -> node.async().clusterNodes())
                .thenApply(ClusterPartitionParser::parse)
                .orTimeout(LONG, TimeUnit.NANOSECONDS); // another may answer
    }

    private void follow(StatefulRedisClusterConnection<String, String> cluster, Partitions said) {
        Partitions known = cluster.getPartitions();
        List<Integer> moved = this.silent.keySet().stream()
                .filter(slot -> {
                    String master = id(said.getMasterBySlot(slot));
                    return !master.isEmpty() && !master.equals(id(known.getMasterBySlot(slot)));
                })
                .toList();
        if (moved.isEmpty()) {
            return;
        }
        Partitions next = withAddresses(said, known);
        if (moved.stream().allMatch(slot -> next.getMasterBySlot(slot) != null)
                && cluster instanceof StatefulRedisClusterConnectionImpl<String, String> ours) {
            ours.setPartitions(next);
        }
        moved.forEach(this.silent::remove);
        this.door.lookAtNodes();
    }

    private static String id(@Nullable RedisClusterNode node) {
        return node == null ? "" : node.getNodeId();
    }

    /** As they are reached from here, by name, password and encryption; without those that were not known before. */
    private static Partitions withAddresses(Partitions said, Partitions known) {
        Partitions reachable = new Partitions();
        for (RedisClusterNode node : said) {
            RedisClusterNode before = known.getPartitionByNodeId(node.getNodeId());
            if (before != null) {
                node.setUri(before.getUri());
                reachable.add(node);
            }
        }
        return reachable;
    }
}
