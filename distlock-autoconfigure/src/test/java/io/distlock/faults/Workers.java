package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.ReleaseOutcome;
import io.distlock.faults.WaiterProcess.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Processes that lock the same keys, and what each of them was told. */
final class Workers implements AutoCloseable, Iterable<WaiterProcess> {

    private final List<WaiterProcess> processes;

    private Workers(List<WaiterProcess> processes) {
        this.processes = processes;
    }

    /** Three of them, which have locked once. */
    static Workers start(Setting store, Setting... settings) {
        return start(List.of(store, store, store), settings);
    }

    /** One for each, which is its own way to the store; they have locked once. */
    static Workers start(List<Setting> stores, Setting... settings) {
        List<WaiterProcess> processes = new ArrayList<>();
        for (Setting store : stores) {
            processes.add(WaiterProcess.start("worker-" + processes.size(), store, settings));
        }
        Workers workers = new Workers(processes);
        workers.forEach(WaiterProcess::awaitReady);
        return workers;
    }

    WaiterProcess first() {
        return this.processes.get(0);
    }

    WaiterProcess get(int index) {
        return this.processes.get(index);
    }

    @Override
    public Iterator<WaiterProcess> iterator() {
        return this.processes.iterator();
    }

    /** Two threads of each take one lock in turns, and one thread of each keeps a lock of its own. */
    void begin(String key, Duration ttl, Duration hold) {
        forEach(WaiterProcess::rest);
        forEach(WaiterProcess::forget);
        int number = 0;
        for (WaiterProcess worker : this) {
            worker.takeTurns(key, ttl, hold);
            worker.takeTurns(key, ttl, hold);
            worker.takeTurns("kept-" + number, ttl, Duration.ofMinutes(5));
            worker.awaitTurns("kept-" + number, 1);
            number++;
        }
        awaitTurns(key, 3);
    }

    /** Each of them has had the lock so many times from now on. */
    void awaitTurns(String key, int turns) {
        forEach(worker -> worker.awaitTurns(key, turns));
    }

    /** Each of them has had each of these once more from now on. */
    void awaitTurnsOfAll(List<String> keys) {
        List<Integer> before = turns(keys);
        await().pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(25))
                .until(() -> {
                    List<Integer> now = turns(keys);
                    return IntStream.range(0, now.size()).allMatch(i -> now.get(i) > before.get(i));
                });
    }

    private List<Integer> turns(List<String> keys) {
        return this.processes.stream()
                .flatMap(worker -> keys.stream().map(worker::turns))
                .toList();
    }

    /** All of them end what they do, and tell what they believed. */
    void rest(History history) {
        forEach(WaiterProcess::rest);
        forEach(worker -> worker.spans().forEach(history::add));
    }

    /** How many losses were told. */
    long losses() {
        return this.processes.stream()
                .mapToLong(worker -> worker.losses().size())
                .sum();
    }

    void assertEveryLossWasToldOnce() {
        forEach(Workers::assertEveryLossWasToldOnce);
    }

    private static void assertEveryLossWasToldOnce(WaiterProcess worker) {
        Map<Turn, List<Long>> losses = worker.losses();
        assertThat(losses.values()).as("each told once").allMatch(times -> times.size() == 1);
        worker.outcomes().forEach((turn, outcome) -> {
            boolean lost = outcome == ReleaseOutcome.EXPIRED || outcome == ReleaseOutcome.TAKEN;
            if (outcome != ReleaseOutcome.UNKNOWN) {
                assertThat(losses.containsKey(turn))
                        .as("told of the loss of %s, released as %s", turn, outcome)
                        .isEqualTo(lost);
            }
        });
    }

    /** The longest time from the last belief in a lease to the news that it is lost. */
    Duration slowestTelling() {
        return Duration.ofNanos(this.processes.stream()
                .flatMap(worker -> worker.spans().stream()
                        .filter(span -> worker.losses().containsKey(Turn.of(span)))
                        .map(span -> worker.losses().get(Turn.of(span)).get(0) - span.until()))
                .mapToLong(Long::longValue)
                .max()
                .orElse(0));
    }

    @Override
    public void close() {
        forEach(WaiterProcess::close);
    }
}
