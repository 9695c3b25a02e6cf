package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisCluster;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The same in a cluster, where one node may be silent while others answer. */
class ClusterQueueTests extends RedisQueueTests {

    private RedisCluster cluster;

    @Override
    PrivateRedis server() {
        this.cluster = RedisCluster.start();
        this.opened.add(this.cluster);
        return this.cluster.nodeOf(KEY);
    }

    @Override
    RedisLink connect(PrivateRedis server) {
        RedisClusterConfiguration nodes = new RedisClusterConfiguration();
        this.cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
        LettuceConnectionFactory connections = new LettuceConnectionFactory(nodes);
        connections.afterPropertiesSet();
        connections.start();
        this.opened.add(0, connections::destroy);
        return new LettuceLink(new LettuceDoor(connections), TIMEOUT);
    }

    @Test
    void aNodeThatIsSilentIsNotExcusedByOthersThatAnswer() {
        String elsewhere = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "key-" + i)
                .filter(key -> this.cluster.nodeOf(key) != this.redis)
                .findFirst()
                .orElseThrow();
        ask().join();
        this.redis.pause();
        try {
            long start = System.nanoTime();
            CompletableFuture<List<Object>> silent = ask();
            while (!silent.isDone()) {
                assertThat(this.link.run(Script.TTL, TIMEOUT, new String[] {elsewhere}, new String[] {"token"}))
                        .succeedsWithin(TIMEOUT);
            }
            assertThat(silent).isCompletedExceptionally();
            assertThat(System.nanoTime() - start)
                    .as("time-out, which answers to others would have made three times as long")
                    .isLessThan(TimeUnit.MILLISECONDS.toNanos(2 * TIMEOUT.toMillis()));
        } finally {
            this.redis.resume();
        }
    }
}
