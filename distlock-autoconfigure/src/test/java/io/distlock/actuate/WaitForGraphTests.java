package io.distlock.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockState;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.Lockers;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How far the graph looks, and what it makes of what it finds there. */
class WaitForGraphTests {

    private final List<String> asked = new ArrayList<>();

    private final Map<String, Locker> lockers = new TreeMap<>();

    @Test
    void aSilentStoreIsAskedOnce() {
        at("default", key -> {
            throw new LockUnavailableException(Set.of(key), "silent", null);
        });
        at("jobs", key -> Optional.of(held(key, Map.of())));
        WaitForGraph graph = from(
                new WaitingWhileHolding("one", "default/a", List.of("default/b", "jobs/c")),
                new WaitingWhileHolding("other", "default/d", List.of("default/e", "jobs/f")));
        assertThat(this.asked).containsExactly("default/a", "jobs/c", "jobs/f");
        assertThat(graph.edges()).as("what is known here").hasSize(4);
        assertThat(graph.complete()).isFalse();
    }

    @Test
    void aChainOfLocksWithoutEndIsFollowedForFiftyOfThem() {
        at("default", key -> Optional.of(held(key, Map.of("holds", "default/" + (Integer.parseInt(key) + 1)))));
        WaitForGraph graph = from(new WaitingWhileHolding("one", "default/0", List.of("default/1")));
        assertThat(this.asked)
                .containsExactlyElementsOf(
                        IntStream.range(0, 50).mapToObj(i -> "default/" + i).toList());
        assertThat(graph.complete()).isFalse();
        assertThat(graph.deadlocks()).isEmpty();
    }

    @Test
    void whatIsNoLockIsPassedOver() {
        at("default", key -> Optional.of(held(key, Map.of("holds", "nonsense\t\t/x\tnowhere/y\tdefault/b"))));
        WaitForGraph graph = from(new WaitingWhileHolding("one", "default/a", List.of("default/b")));
        assertThat(this.asked).containsExactly("default/a", "default/b");
        assertThat(graph.edges()).extracting(WaitForGraph.Edge::holds).containsOnly("default/b", "nowhere/y");
        assertThat(graph.complete()).isTrue();
    }

    private WaitForGraph from(WaitingWhileHolding... here) {
        return WaitForGraph.from(List.of(here), new Lockers() {
            @Override
            public Locker get(String name) {
                return Optional.ofNullable(WaitForGraphTests.this.lockers.get(name))
                        .orElseThrow(() -> new IllegalArgumentException("There is no locker '" + name + "'"));
            }

            @Override
            public Set<String> names() {
                return WaitForGraphTests.this.lockers.keySet();
            }
        });
    }

    /** One that is only asked who holds what. */
    private void at(String name, Function<String, Optional<LockState>> inspect) {
        Object locker = Proxy.newProxyInstance(
                Locker.class.getClassLoader(), new Class<?>[] {Locker.class}, (proxy, method, arguments) -> {
                    this.asked.add(name + "/" + arguments[0]);
                    return inspect.apply((String) arguments[0]);
                });
        this.lockers.put(name, (Locker) locker);
    }

    private static LockState held(String key, Map<String, String> waiter) {
        return new LockState(
                key,
                "token",
                "app@host/1",
                Optional.empty(),
                Optional.of(Duration.ofSeconds(1)),
                OptionalLong.empty(),
                Map.of(),
                List.of("app@host/2"),
                List.of(waiter),
                List.of());
    }
}
