package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.testredis.RedisCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** Waiting in a cluster, where a node cannot count who listens at another. */
@Execution(ExecutionMode.CONCURRENT)
class ClusterTests {

    /** So long that whatever comes sooner came by message. */
    private static final Duration RARELY = Duration.ofSeconds(4);

    private static RedisCluster cluster;

    private final List<RunningInstance> instances = new ArrayList<>();

    @BeforeAll
    static void startCluster() {
        cluster = RedisCluster.start();
    }

    @AfterAll
    static void closeCluster() {
        cluster.close();
    }

    @AfterEach
    void close() {
        this.instances.forEach(RunningInstance::close);
    }

    private RunningInstance instance(Duration pollInterval) {
        RedisClusterConfiguration nodes = new RedisClusterConfiguration();
        cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
        RunningInstance instance = RunningInstance.with(nodes)
                .ttl(Duration.ofSeconds(30))
                .pollInterval(pollInterval)
                .start();
        this.instances.add(instance);
        return instance;
    }

    private static Observer nodeOf(String key) {
        return new Observer(cluster.nodeOf("distlock:" + key));
    }

    private static long subscriptions() {
        return cluster.nodes().stream()
                .mapToLong(node -> new Observer(node).subscriptions())
                .sum();
    }

    @Test
    void aReleasedLockArrivesByMessageFromWhicheverNode() {
        RunningInstance holding = instance(RARELY);
        RunningInstance waiting = instance(RARELY);
        handOn(holding, waiting, "first"); // listening begins with the first wait
        await().until(() -> subscriptions() > 0);
        handOn(holding, waiting, "second");
        Set<Integer> nodes = new HashSet<>();
        for (int i = 0; i < 12; i++) {
            String key = "message-" + i;
            nodes.add(cluster.nodeOf("distlock:" + key).port());
            assertThat(handOn(holding, waiting, key)).isLessThan(RARELY.dividedBy(2));
        }
        assertThat(nodes).hasSize(3);
    }

    private static Duration handOn(RunningInstance from, RunningInstance to, String key) {
        Lease lease = from.locker().acquire(key);
        Caller caller = Caller.of(to, LockRequest.of(key));
        nodeOf(key).awaitWaiting(key, 1);
        long released = System.nanoTime();
        lease.release();
        Lease next = caller.lease();
        Duration waited = Duration.ofNanos(System.nanoTime() - released);
        next.release();
        return waited;
    }

    @Test
    void whoseMarkSaysAliveIsGrantedTheLockThoughItsNodeHearsNobody() {
        RunningInstance holding = instance(Duration.ofMillis(100));
        RunningInstance vanishing = instance(Duration.ofMillis(100));
        RunningInstance behind = instance(Duration.ofMillis(100));
        LockRequest request = LockRequest.of("alive");
        Lease lease = holding.locker().acquire(request);
        Caller.of(vanishing, request.ttl(Duration.ofSeconds(3)));
        nodeOf("alive").awaitWaiting("alive", 1);
        Caller next = Caller.of(behind, request);
        nodeOf("alive").awaitWaiting("alive", 2);
        vanishing.vanish();
        lease.release();
        try (Stalls stalls = Stalls.begin()) {
            long start = System.nanoTime();
            Duration left = nodeOf("alive").left("alive");
            assertThat(left).isGreaterThan(Duration.ofSeconds(2));
            next.lease().release();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(left, left.plusMillis(250 + 500).plus(stalls.worst()));
        }
    }

    @Test
    void whoseMarkIsOverIsPassedOver() {
        RunningInstance holding = instance(Duration.ofMillis(100));
        RunningInstance vanishing = instance(Duration.ofMillis(100));
        RunningInstance behind = instance(Duration.ofMillis(100));
        LockRequest request = LockRequest.of("dead");
        Lease lease = holding.locker().acquire(request);
        Caller.of(vanishing, request);
        nodeOf("dead").awaitWaiting("dead", 1);
        Caller next = Caller.of(behind, request);
        nodeOf("dead").awaitWaiting("dead", 2);
        vanishing.vanish();
        // three polls and two seconds after its last question
        await().pollDelay(Duration.ofMillis(2500)).until(() -> true);
        lease.release();
        await().atMost(Duration.ofMillis(1500)).until(next::hasAnswer);
        next.lease().release();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{orders}:1", "orders:{1}", "a{b}c{d}", "{{x}}", "plain", "with space", "é:😀"})
    void keysWithAndWithoutHashTagsAreHandedOn(String key) {
        RunningInstance holding = instance(Duration.ofMillis(500));
        RunningInstance waiting = instance(Duration.ofMillis(500));
        Lease lease = holding.locker().acquire(key);
        Caller caller = Caller.of(waiting, LockRequest.of(key));
        await().until(() ->
                holding.locker().inspect(key).orElseThrow().waiting().size() == 1);
        lease.release();
        Lease next = caller.lease();
        assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
        next.release();
        assertThat(holding.locker().inspect(key)).isEmpty();
    }
}
