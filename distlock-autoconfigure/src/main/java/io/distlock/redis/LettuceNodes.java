package io.distlock.redis;

import io.lettuce.core.cluster.StatefulRedisClusterConnectionImpl;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who has taken over the slots of a node that has fallen silent. Lettuce looks when it cannot connect, which is
 * sooner than another takes over, and then not again for seconds at the least; and it waits for the silent one's answer,
 * too. So one of the others is asked, over a connection of ours, as long as something is not answered.
 */
final class LettuceNodes {

    /** Between two looks, which cost one small request. */
    private static final long REST = Duration.ofMillis(200).toNanos();

    private final LettuceDoor door;

    private final AtomicLong next = new AtomicLong(System.nanoTime());

    LettuceNodes(LettuceDoor door) {
        this.door = door;
    }

    /** @param slot of what was not answered */
    void lookForAnother(@Nullable StatefulRedisClusterConnection<String, String> cluster, int slot) {
        long now = System.nanoTime();
        long due = this.next.get();
        if (cluster == null || now - due < 0 || !this.next.compareAndSet(due, now + REST)) {
            return;
        }
        Partitions known = cluster.getPartitions();
        RedisClusterNode silent = known.getMasterBySlot(slot);
        if (silent == null) {
            return;
        }
        List<RedisClusterNode> others = known.stream()
                .filter(node -> !node.getNodeId().equals(silent.getNodeId()))
                .toList();
        if (!others.isEmpty()) {
            RedisClusterNode other = others.get(ThreadLocalRandom.current().nextInt(others.size()));
            cluster.getConnectionAsync(other.getNodeId())
                    .thenCompose(connection -> connection.async().clusterNodes())
                    .thenAccept(said -> read(cluster, slot, silent, ClusterPartitionParser.parse(said)));
        }
    }

    private void read(
            StatefulRedisClusterConnection<String, String> cluster,
            int slot,
            RedisClusterNode silent,
            Partitions said) {
        RedisClusterNode master = said.getMasterBySlot(slot);
        if (master == null || master.getNodeId().equals(silent.getNodeId())) {
            return;
        }
        Partitions next = withAddresses(said, cluster.getPartitions());
        if (next.getMasterBySlot(slot) != null
                && cluster instanceof StatefulRedisClusterConnectionImpl<String, String> ours) {
            ours.setPartitions(next);
        }
        this.door.lookAtNodes();
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
