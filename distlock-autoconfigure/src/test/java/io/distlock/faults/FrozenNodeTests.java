package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** One node of a cluster stands still; who holds locks at the others does not notice. */
@Execution(ExecutionMode.CONCURRENT)
class FrozenNodeTests {

    private static final int LEASES = 100;

    private static final Duration TTL = Duration.ofSeconds(2);

    private final RedisCluster cluster = RedisCluster.start();

    private final Queue<LockLost> losses = new ConcurrentLinkedQueue<>();

    private RunningInstance instance;

    @BeforeEach
    void start() {
        RedisClusterConfiguration nodes = new RedisClusterConfiguration();
        for (PrivateRedis node : this.cluster.nodes()) {
            // or the others refuse everything as soon as they miss one of them
            node.call("CONFIG", "SET", "cluster-require-full-coverage", "no");
            nodes.clusterNode(node.host(), node.port());
        }
        this.instance = setUp(nodes)
                .ttl(TTL)
                .listener(new LockListener() {
                    @Override
                    public void onLost(LockLost lost) {
                        losses.add(lost);
                    }
                })
                .start();
    }

    RunningInstance.Setup setUp(RedisClusterConfiguration nodes) {
        return RunningInstance.with(nodes);
    }

    /** How many connections may be made to a node that answers; the client looks at all nodes when one is silent. */
    int fewConnections() {
        return 12;
    }

    @AfterEach
    void close() {
        this.instance.close();
        this.cluster.close();
    }

    @Test
    void noLeaseAtTheOtherNodesIsLost() {
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < LEASES; i++) {
            leases.add(this.instance.locker().acquire("order:" + i));
        }
        PrivateRedis frozen = this.cluster.nodeOf("distlock:order:0");
        List<Lease> there = leases.stream().filter(lease -> isAt(lease, frozen)).toList();
        List<Lease> elsewhere =
                leases.stream().filter(lease -> !isAt(lease, frozen)).toList();
        assertThat(there).isNotEmpty();
        assertThat(elsewhere).hasSizeGreaterThan(LEASES / 2);

        String sibling = sibling(elsewhere.get(0));
        PrivateRedis healthy = this.cluster.nodeOf("distlock:" + sibling);
        long connectedBefore = connectionsTo(healthy);
        frozen.pause();
        long start = System.nanoTime();
        await().atMost(TTL.multipliedBy(2)).until(() -> there.stream().noneMatch(Lease::isHeld));
        this.instance.locker().acquire(LockRequest.of(sibling)).release();
        try (Stalls stalls = Stalls.begin()) {
            while (System.nanoTime() - start < TTL.multipliedBy(3).toNanos()) {
                LockSupport.parkNanos(20_000_000);
                Duration least = Collections.min(elsewhere, Comparator.comparing(Lease::validity))
                        .validity();
                // a third of it is over when the next renewal is due; one that waited for the silent node takes two
                assertThat(least).isGreaterThan(TTL.dividedBy(2).minus(stalls.worst()));
            }
        }
        assertThat(elsewhere).allMatch(Lease::isHeld);
        // this test looks at all nodes, too; the question is whether it ends
        assertThat(connectionsTo(healthy) - connectedBefore)
                .as("connections made to a node that answers")
                .isLessThanOrEqualTo(fewConnections());
        assertThatThoseWhoAskTheSilentOneAreToldAtOnce(there);
        await().until(() -> this.losses.size() >= there.size());
        assertThat(this.losses).hasSize(there.size());

        frozen.resume();
        elsewhere.forEach(Lease::release);
        await().atMost(Duration.ofSeconds(15))
                .ignoreExceptions()
                .until(() -> this.instance.locker().acquire("order:0").isHeld());
    }

    private void assertThatThoseWhoAskTheSilentOneAreToldAtOnce(List<Lease> there) {
        LockRequest request = LockRequest.of(there.get(0).key()).waitFor(Duration.ZERO);
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertThatExceptionOfType(LockUnavailableException.class)
                    .isThrownBy(() -> this.instance.locker().acquire(request));
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        // twenty time-outs of a third of the ttl, one after the other, would be more than six of these
        assertThat(time).as("for twenty callers, one time-out after the other").isLessThan(TTL.multipliedBy(3));
    }

    private boolean isAt(Lease lease, PrivateRedis node) {
        return this.cluster.nodeOf("distlock:" + lease.key()).port() == node.port();
    }

    private static long connectionsTo(PrivateRedis node) {
        String stats = String.valueOf(node.call("INFO", "stats"));
        return stats.lines()
                .filter(line -> line.startsWith("total_connections_received:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** A key at the same node that nobody has asked for. */
    private String sibling(Lease lease) {
        PrivateRedis node = this.cluster.nodeOf("distlock:" + lease.key());
        int i = LEASES;
        while (this.cluster.nodeOf("distlock:order:" + i).port() != node.port()) {
            i++;
        }
        return "order:" + i;
    }
}
