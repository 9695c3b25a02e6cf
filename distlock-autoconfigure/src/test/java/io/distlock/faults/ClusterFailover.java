package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** A master of a cluster falls silent, with writes that its replica never saw, and the replica takes over. */
@Isolated("times what processes do")
abstract class ClusterFailover {

    /** Longer than a fail-over takes, and a third of it more. */
    private static final Duration TTL = Duration.ofSeconds(15);

    private final RedisCluster cluster = RedisCluster.start();

    private final PrivateRedis master = this.cluster.nodes().get(0);

    private final PrivateRedis replica = this.cluster.addReplicaOf(this.master);

    private final String masterId = (String) this.master.call("CLUSTER", "MYID");

    private final List<RunningInstance> instances = new ArrayList<>();

    @BeforeEach
    void start() {
        this.replica.call("CONFIG", "SET", "cluster-replica-no-failover", "yes");
        RedisClusterConfiguration nodes = new RedisClusterConfiguration();
        this.cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
        for (int i = 0; i < 3; i++) {
            this.instances.add(setUp(nodes)
                    .ttl(TTL)
                    .commandTimeout(Duration.ofMillis(500))
                    .withoutPassing()
                    .start());
        }
    }

    abstract RunningInstance.Setup setUp(RedisClusterConfiguration nodes);

    @AfterEach
    void close() {
        this.instances.forEach(RunningInstance::close);
        this.replica.close();
        this.cluster.close();
    }

    @Test
    void whatTheReplicaHasGoesOnAndWhatItHasNotIsToldLost() {
        failOver(PrivateRedis::kill);
    }

    /** It accepts connections, so whoever looks for the new master must not wait for the answer of the former one. */
    @Test
    void theSameWhereTheMasterStandsStill() {
        failOver(PrivateRedis::pause);
    }

    private void failOver(Consumer<PrivateRedis> silence) {
        LockRequest kept = request("kept");
        LockRequest missing = request("missing");
        History history = new History();
        try (Stalls stalls = Stalls.begin();
                Crowd crowd = Crowd.start(
                        this.instances,
                        1,
                        request("turns").ttl(Duration.ofSeconds(2)),
                        Duration.ofMillis(5),
                        history)) {
            crowd.awaitTurnsOfAll(3); // all are connected, which takes long on a cold machine
            Lease goesOn = this.instances.get(0).locker().acquire(kept);
            Caller waiting = Caller.of(this.instances.get(1), kept);
            await().until(() -> state(goesOn.key()).waiting().size() == 1);
            stopReplication();
            Lease lost = this.instances.get(0).locker().acquire(missing);
            AtomicReference<Told> told = new AtomicReference<>();
            lost.onLost(loss -> told.set(new Told(loss.reason(), System.nanoTime())));

            long silent = System.nanoTime();
            silence.accept(this.master);
            history.dataLost(System.currentTimeMillis() * 1000);
            promoteReplica();
            long promoted = System.nanoTime();
            crowd.awaitTurns(1);
            long back = System.nanoTime();
            Lease another = acquireWhenAnswered(this.instances.get(2), missing);
            long taken = System.nanoTime();
            await().until(() -> told.get() != null);
            long noticed = told.get().at();
            System.out.printf(
                    "%nCluster: promoted after %d ms; after that, somebody served after %d ms, a lost lock taken after %d ms, its"
                            + " loss told after %d ms; machine stood still for %d ms%n",
                    millis(silent, promoted),
                    millis(promoted, back),
                    millis(promoted, taken),
                    millis(promoted, noticed),
                    stalls.worst().toMillis());

            assertThat(told.get().reason())
                    .as("by an answer of the new master, not by the end of belief")
                    .isIn(LockLost.Reason.GONE, LockLost.Reason.TAKEN);
            assertThat(another.fencingToken()).isGreaterThan(lost.fencingToken());
            assertThat(goesOn.isHeld()).as("%s", goesOn).isTrue();
            assertThat(waiting.hasAnswer()).isFalse();
            stalls.unlessLongerThan(Duration.ofMillis(200), () -> {
                assertThat(Duration.ofNanos(back - promoted))
                        .isLessThan(Duration.ofSeconds(1).plus(Stage.SLACK));
                assertThat(Duration.ofNanos(noticed - promoted))
                        .isLessThan(TTL.dividedBy(3).plus(Stage.SLACK));
            });
            assertThat(goesOn.release()).isEqualTo(ReleaseOutcome.RELEASED);
            Lease next = waiting.lease();
            assertThat(next.fencingToken()).isGreaterThan(goesOn.fencingToken());
            crowd.awaitTurnsOfAll(3);
            crowd.end();
            next.release();
            another.release();
        }
        history.assertExclusive();
        history.assertFencesGrow();
        Leftovers.assertNoneIn(this.replica, TTL);
    }

    private LockState state(String key) {
        return this.instances.get(0).locker().inspect(key).orElseThrow();
    }

    /** It may not have heard yet who has the key. */
    private static Lease acquireWhenAnswered(RunningInstance instance, LockRequest request) {
        return await().pollInterval(Duration.ofMillis(20))
                .ignoreException(LockUnavailableException.class)
                .until(() -> instance.locker().acquire(request), Lease::isHeld);
    }

    private record Told(LockLost.Reason reason, long at) {}

    /** A key at the master that will be silent. */
    private LockRequest request(String name) {
        return IntStream.range(0, 1000)
                .mapToObj(i -> name + "-" + i)
                .filter(key -> this.cluster.nodeOf("distlock:" + key) == this.master)
                .findFirst()
                .map(LockRequest::of)
                .orElseThrow();
    }

    /** As soon as it has noticed. An election on a busy machine may fail, and is held again only much later. */
    private void promoteReplica() {
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(20))
                .until(() -> String.valueOf(this.replica.call("CLUSTER", "NODES"))
                        .lines()
                        .anyMatch(node -> node.startsWith(this.masterId) && node.contains("master,fail ")));
        this.replica.call("CLUSTER", "FAILOVER", "TAKEOVER");
        await().pollInterval(Duration.ofMillis(10))
                .until(() ->
                        String.valueOf(this.replica.call("INFO", "replication")).contains("role:master"));
    }

    /** After the replica has all that is there now. */
    private void stopReplication() {
        long written = replicationOffset(this.master, "master_repl_offset");
        await().until(() -> replicationOffset(this.replica, "slave_repl_offset") >= written);
        this.replica.call("CONFIG", "SET", "masteruser", "nobody");
        this.replica.call("CONFIG", "SET", "masterauth", "wrong");
        this.master.call("CLIENT", "KILL", "TYPE", "replica");
        await().until(() ->
                String.valueOf(this.replica.call("INFO", "replication")).contains("master_link_status:down"));
    }

    private static long replicationOffset(PrivateRedis node, String offset) {
        return String.valueOf(node.call("INFO", "replication"))
                .lines()
                .filter(line -> line.startsWith(offset + ":"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow();
    }

    private static long millis(long from, long until) {
        return (until - from) / 1_000_000;
    }
}
