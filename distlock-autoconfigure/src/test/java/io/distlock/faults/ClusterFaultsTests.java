package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockRequest;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisCluster;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** Three instances take one lock of a cluster in turns while something breaks. */
@Execution(ExecutionMode.CONCURRENT)
class ClusterFaultsTests {

    private static final Duration TTL = Duration.ofSeconds(2);

    private final RedisCluster cluster = RedisCluster.start();

    private final List<RunningInstance> instances =
            Stream.generate(this::instance).limit(3).toList();

    private final History history = new History();

    private RunningInstance instance() {
        RedisClusterConfiguration nodes = new RedisClusterConfiguration();
        this.cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
        return RunningInstance.with(nodes).ttl(TTL).start();
    }

    @AfterEach
    void close() {
        this.instances.forEach(RunningInstance::close);
        this.cluster.close();
    }

    @Test
    void neverTwoAtOnceWhileConnectionsAreCut() {
        try (Crowd crowd =
                Crowd.start(this.instances, 3, LockRequest.of("turns"), Duration.ofMillis(3), this.history)) {
            crowd.awaitTurnsOfAll(3);
            for (PrivateRedis node : this.cluster.nodes()) {
                node.call("CLIENT", "KILL", "TYPE", "pubsub");
                crowd.awaitTurnsOfAll(1);
                node.call("CLIENT", "KILL", "TYPE", "normal");
                crowd.awaitTurnsOfAll(1);
            }
            crowd.end();
        }
        this.history.assertExclusive();
        this.cluster.nodes().forEach(node -> Leftovers.assertNoneIn(node, TTL));
        assertThat(this.history.spans()).hasSizeGreaterThan(9 * 9);
    }
}
