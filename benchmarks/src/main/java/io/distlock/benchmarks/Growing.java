package io.distlock.benchmarks;

import io.distlock.core.LockerSettings;
import java.time.Duration;
import java.util.List;

/** What there are more and more of. */
enum Growing {
    CALLERS("callers", "callers of one JVM that wait for one lock", List.of(1, 10, 100, 1000), 1),
    INSTANCES("instances", "instances that wait for one lock", List.of(1, 10, 100, 1000), 1),
    AWAITED("keys", "locks awaited by one instance", List.of(1, 10, 100, 1000, 10_000), 10_000),
    /** With the usual interval so many would be four times of what one Redis carries. */
    SELDOM("keys", "locks awaited, poll-interval 5 s", List.of(1000, 10_000, 100_000), 100_000, Duration.ofSeconds(5)),
    HELD("hold", "locks held by one instance", List.of(1, 10, 100, 1000, 10_000, 100_000), 0),
    FREE("give", "locks free again, remembered for an hour", List.of(), 0);

    /** In this order; what is free again was held before. */
    static final List<Growing> MEASURED = List.of(CALLERS, INSTANCES, AWAITED, SELDOM, HELD);

    private final String order;

    private final String text;

    private final List<Integer> counts;

    private final int heldBefore;

    private final Duration poll;

    Growing(String order, String text, List<Integer> counts, int heldBefore) {
        this(order, text, counts, heldBefore, LockerSettings.defaults().pollInterval());
    }

    Growing(String order, String text, List<Integer> counts, int heldBefore, Duration poll) {
        this.order = order;
        this.text = text;
        this.counts = counts;
        this.heldBefore = heldBefore;
        this.poll = poll;
    }

    String text() {
        return this.text;
    }

    List<Integer> counts() {
        return this.counts;
    }

    /** Locks that somebody else holds meanwhile, and does not renew. */
    int heldBefore() {
        return this.heldBefore;
    }

    /** How often a waiter asks again. */
    Duration poll() {
        return this.poll;
    }

    String order(int count) {
        return this.order + " " + count;
    }
}
