package io.distlock.testredis;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A master, a replica and three sentinels that watch them, all processes of a test's own. */
public final class RedisSentinel implements AutoCloseable {

    public static final String MASTER = "mymaster";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int SENTINELS = 3;

    private final List<PrivateRedis> servers = new ArrayList<>();

    private final List<PrivateRedis> sentinels = new ArrayList<>();

    private RedisSentinel() {}

    /** Returns when the sentinels know each other and the replica. */
    public static RedisSentinel start() {
        RedisSentinel sentinel = new RedisSentinel();
        try {
            sentinel.form();
            return sentinel;
        } catch (RuntimeException failure) {
            sentinel.close();
            throw failure;
        }
    }

    public List<PrivateRedis> sentinels() {
        return List.copyOf(this.sentinels);
    }

    /** Which server the sentinels call master now. */
    public PrivateRedis master() {
        List<?> address = (List<?>) this.sentinels.get(0).call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER);
        return this.servers.stream()
                .filter(server -> String.valueOf(server.port()).equals(address.get(1)))
                .findFirst()
                .orElseThrow();
    }

    /** The server that the sentinels do not call master. */
    public PrivateRedis replica() {
        return otherThan(master());
    }

    /** Returns when all sentinels have named another master than that one, and it accepts writes. */
    public PrivateRedis awaitOtherMaster(PrivateRedis former) {
        PrivateRedis other = otherThan(former);
        Patience.await(
                PATIENCE,
                "another master",
                () -> this.sentinels.stream().allMatch(sentinel -> names(sentinel, other)) && isMaster(other));
        return other;
    }

    /** As soon as the replica of that master accepts writes, whether or not the sentinels have said so. */
    public PrivateRedis awaitPromotion(PrivateRedis former) {
        PrivateRedis other = otherThan(former);
        Patience.await(PATIENCE, "a promotion", () -> isMaster(other));
        return other;
    }

    /** From here on the replica sees nothing of what the master is told. */
    public void stopReplication() {
        PrivateRedis master = master();
        PrivateRedis replica = otherThan(master);
        replica.call("CONFIG", "SET", "masteruser", "nobody");
        replica.call("CONFIG", "SET", "masterauth", "wrong");
        master.call("CLIENT", "KILL", "TYPE", "replica");
        Patience.await(PATIENCE, "the replica to be alone", () -> info(replica).contains("master_link_status:down"));
    }

    /** Starts a former master again, as the replica of the present one. Returns when all sentinels know it as such. */
    public void rejoin(PrivateRedis former, PrivateRedis master) {
        awaitOtherMaster(former);
        master.call("CONFIG", "SET", "masteruser", "");
        master.call("CONFIG", "SET", "masterauth", "");
        former.restart();
        former.call("REPLICAOF", master.host(), String.valueOf(master.port()));
        Patience.await(PATIENCE, "the replica", () -> info(former).contains("master_link_status:up"));
        Patience.await(
                PATIENCE,
                "the sentinels to see the replica",
                () -> this.sentinels.stream().allMatch(sentinel -> seesReplica(sentinel, former)));
    }

    private static boolean seesReplica(PrivateRedis sentinel, PrivateRedis replica) {
        return ((List<?>) sentinel.call("SENTINEL", "REPLICAS", MASTER))
                .stream()
                        .map(List.class::cast)
                        .anyMatch(known -> known.contains(String.valueOf(replica.port()))
                                && known.get(known.indexOf("flags") + 1).equals("slave")
                                && known.get(known.indexOf("master-link-status") + 1)
                                        .equals("ok"));
    }

    private PrivateRedis otherThan(PrivateRedis server) {
        return this.servers.stream()
                .filter(other -> other != server)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        this.sentinels.forEach(PrivateRedis::close);
        this.servers.forEach(PrivateRedis::close);
    }

    private void form() {
        PrivateRedis master = RedisServers.start();
        this.servers.add(master);
        this.servers.add(RedisServers.start(
                "--replicaof", master.host(), String.valueOf(master.port()), "--repl-diskless-sync-delay", "0"));
        for (int i = 0; i < SENTINELS; i++) {
            PrivateRedis sentinel = RedisServers.start("--sentinel");
            this.sentinels.add(sentinel);
            sentinel.call("SENTINEL", "MONITOR", MASTER, master.host(), String.valueOf(master.port()), "2");
            sentinel.call("SENTINEL", "SET", MASTER, "down-after-milliseconds", "1000", "failover-timeout", "3000");
        }
        Patience.await(
                PATIENCE,
                "the sentinels to find each other and the replica",
                () -> this.sentinels.stream().allMatch(RedisSentinel::knowsAll));
        Patience.await(PATIENCE, "the replica", () -> info(this.servers.get(1)).contains("master_link_status:up"));
    }

    private static boolean knowsAll(PrivateRedis sentinel) {
        return size(sentinel, "SENTINELS") == SENTINELS - 1 && size(sentinel, "REPLICAS") == 1;
    }

    private static int size(PrivateRedis sentinel, String what) {
        List<?> known = (List<?>) sentinel.call("SENTINEL", what, MASTER);
        return known == null ? 0 : known.size();
    }

    private static boolean names(PrivateRedis sentinel, PrivateRedis server) {
        List<?> address = (List<?>) sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER);
        return address != null && String.valueOf(server.port()).equals(address.get(1));
    }

    /** Whoever asks in the moment of the promotion is cut off: sentinels part a server from its clients when they change its role. */
    private static boolean isMaster(PrivateRedis server) {
        try {
            return info(server).contains("role:master");
        } catch (UncheckedIOException cutOff) {
            return false;
        }
    }

    private static String info(PrivateRedis server) {
        return String.valueOf(server.call("INFO", "replication"));
    }
}
