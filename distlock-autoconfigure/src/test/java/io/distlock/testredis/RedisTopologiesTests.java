package io.distlock.testredis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class RedisTopologiesTests {

    @Test
    void everyNodeOfAClusterServesItsSlots() {
        try (RedisCluster cluster = RedisCluster.start()) {
            for (String key : new String[] {"a", "b", "c", "d", "e"}) {
                assertThat(cluster.nodeOf(key).call("SET", key, "value")).isEqualTo("OK");
            }
            assertThatIllegalStateException()
                    .isThrownBy(() -> {
                        for (PrivateRedis node : cluster.nodes()) {
                            node.call("GET", "a");
                        }
                    })
                    .withMessageContaining("MOVED");
        }
    }

    @Test
    void sentinelsNameAnotherMasterWhenTheirsIsGone() {
        try (RedisSentinel sentinel = RedisSentinel.start()) {
            PrivateRedis first = sentinel.master();
            try (RedisConversation client = first.connect()) {
                assertThat(client.call("SET", "key", "value")).isEqualTo("OK");
                assertThat(client.call("WAIT", "1", "5000")).isEqualTo(1L);
            }
            first.kill();
            PrivateRedis second = sentinel.awaitOtherMaster(first);
            assertThat(sentinel.master()).isSameAs(second);
            assertThat(second.call("GET", "key")).isEqualTo("value");
            assertThat(second.call("SET", "key", "new")).isEqualTo("OK");
        }
    }
}
