package io.distlock.testredis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A Redis Cluster of a test's own: three masters, each with a third of the slots, each a process to mistreat. */
public final class RedisCluster implements AutoCloseable {

    private static final int SLOTS = 16384;

    private static final int MASTERS = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<PrivateRedis> nodes = new ArrayList<>();

    private RedisCluster() {}

    /** Returns when every node serves. */
    public static RedisCluster start() {
        RedisCluster cluster = new RedisCluster();
        try {
            cluster.form();
            return cluster;
        } catch (RuntimeException failure) {
            cluster.close();
            throw failure;
        }
    }

    public List<PrivateRedis> nodes() {
        return List.copyOf(this.nodes);
    }

    /** One more node that copies that one; returns when it does. */
    public PrivateRedis addReplicaOf(PrivateRedis master) {
        PrivateRedis replica = startNode();
        try {
            replica.call("CLUSTER", "MEET", master.host(), String.valueOf(master.port()));
            String id = (String) master.call("CLUSTER", "MYID");
            Patience.await(
                    PATIENCE,
                    "the cluster to know the replica",
                    () -> String.valueOf(replica.call("CLUSTER", "NODES")).contains(id));
            replica.call("CLUSTER", "REPLICATE", id);
            Patience.await(
                    PATIENCE,
                    "the replica to copy",
                    () -> String.valueOf(replica.call("INFO", "replication")).contains("master_link_status:up"));
            // it may be counted as a copy only when it has told so
            Patience.await(
                    PATIENCE,
                    "the master to know that the replica copies",
                    () -> String.valueOf(master.call("INFO", "replication")).contains("state=online"));
            // or clients that ask the new one find slots that nobody has
            Patience.await(
                    PATIENCE,
                    "the replica to know all slots",
                    () -> String.valueOf(replica.call("CLUSTER", "INFO")).contains("cluster_slots_ok:" + SLOTS));
            // or nobody hears of it any more once its master is silent, who alone has met it
            String name = (String) replica.call("CLUSTER", "MYID");
            Patience.await(
                    PATIENCE,
                    "all nodes to know the replica",
                    () -> this.nodes.stream()
                            .allMatch(node -> String.valueOf(node.call("CLUSTER", "NODES"))
                                    .lines()
                                    .anyMatch(known -> known.startsWith(name) && known.contains("slave"))));
        } catch (RuntimeException failure) {
            replica.close();
            throw failure;
        }
        return replica;
    }

    private static PrivateRedis startNode() {
        return RedisServers.start(
                "--cluster-enabled",
                "yes",
                "--cluster-config-file",
                "nodes.conf",
                "--cluster-node-timeout",
                "2000",
                "--repl-diskless-sync-delay",
                "0");
    }

    /** Begins to move the slot of that key, and of all others in it, to the next master. */
    public MovingSlot moveSlotOf(String key) {
        PrivateRedis from = nodeOf(key);
        PrivateRedis to = this.nodes.get((this.nodes.indexOf(from) + 1) % MASTERS);
        return MovingSlot.begin(this.nodes, key, from, to);
    }

    /** Begins to move it back to where it was. */
    public MovingSlot moveBack(String key, MovingSlot moved) {
        return MovingSlot.begin(this.nodes, key, moved.to(), moved.from());
    }

    /** The node that holds the key, unless its slot was moved or the node has died. */
    public PrivateRedis nodeOf(String key) {
        Long slot = (Long) this.nodes.get(0).call("CLUSTER", "KEYSLOT", key);
        return this.nodes.get((int) (slot * MASTERS / SLOTS));
    }

    @Override
    public void close() {
        this.nodes.forEach(PrivateRedis::close);
    }

    private void form() {
        for (int i = 0; i < MASTERS; i++) {
            this.nodes.add(startNode());
        }
        for (int i = 0; i < MASTERS; i++) {
            PrivateRedis node = this.nodes.get(i);
            node.call(addSlots(i));
            node.call("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
            for (PrivateRedis other : this.nodes.subList(0, i)) {
                node.call("CLUSTER", "MEET", other.host(), String.valueOf(other.port()));
            }
        }
        Patience.await(
                PATIENCE, "the cluster to form", () -> this.nodes.stream().allMatch(RedisCluster::serves));
    }

    /** One by one: ranges are understood from Redis 7 on. */
    private static String[] addSlots(int node) {
        List<String> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
        IntStream.range(0, SLOTS)
                .filter(slot -> slot * MASTERS / SLOTS == node)
                .mapToObj(String::valueOf)
                .forEach(command::add);
        return command.toArray(String[]::new);
    }

    private static boolean serves(PrivateRedis node) {
        String state = String.valueOf(node.call("CLUSTER", "INFO"));
        return state.contains("cluster_state:ok") && state.contains("cluster_known_nodes:" + MASTERS);
    }
}
