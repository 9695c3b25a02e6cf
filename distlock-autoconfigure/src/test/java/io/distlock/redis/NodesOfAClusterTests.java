package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** By which keys each server of a cluster can be asked. */
class NodesOfAClusterTests {

    private static final String START = "~report";

    private static List<String> asked(UnaryOperator<String> nodes) {
        return cluster(nodes).keyAtEach(START).join().stream().map(nodes).toList();
    }

    private static int last(String key) {
        return key.charAt(key.length() - 1) - '0';
    }

    @Test
    void eachServerIsAskedOnceAndSlotsThatNoneHasAreNot() {
        assertThat(asked(key -> List.of("a", "", "b").get(last(key) % 3))).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void whereNoneIsKnownYetOneKeyIsAskedFor() {
        assertThat(asked(key -> "")).containsExactly("");
    }

    private static RedisLink cluster(UnaryOperator<String> nodes) {
        return new OneServerLink() {
            @Override
            public boolean isCluster() {
                return true;
            }

            @Override
            public String node(String key) {
                return nodes.apply(key);
            }

            @Override
            public CompletableFuture<List<Object>> run(
                    Script script, Duration timeout, String[] keys, String[] arguments) {
                throw new UnsupportedOperationException();
            }
        };
    }
}
