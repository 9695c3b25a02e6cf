package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.faults.Harm.Scene;
import io.distlock.faults.WaiterProcess.Closed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Processes that lock the same keys, and what each of them was told. */
final class Workers implements AutoCloseable, Iterable<WaiterProcess> {

    private static final Duration PATIENCE = Duration.ofSeconds(25);

    /** Until it is lost, or nobody wants anything any more. */
    private static final Duration FOREVER = Duration.ofMinutes(5);

    private static final Duration GLANCE = Duration.ofMillis(5);

    /** What is taken after something has happened. */
    static final String AFTER = "after-";

    private final List<Setting> stores;

    private final Setting[] settings;

    private final List<WaiterProcess> processes = new ArrayList<>();

    /** What one does; asked anew of one that was started anew. */
    private Consumer<WaiterProcess> work = worker -> {};

    /** What those have seen that are not there any more. */
    private final List<Testimony> former = new ArrayList<>();

    /** How often each had given back the one more. */
    private final List<Integer> before = new ArrayList<>();

    private boolean closed;

    private Workers(List<Setting> stores, Setting... settings) {
        this.stores = stores;
        this.settings = settings;
    }

    /** Three of them, which have locked once. */
    static Workers start(Setting store, Setting... settings) {
        return start(List.of(store, store, store), settings);
    }

    /** One for each, which is its own way to the store; they have locked once. */
    static Workers start(List<Setting> stores, Setting... settings) {
        Workers workers = new Workers(stores, settings);
        for (int i = 0; i < stores.size(); i++) {
            workers.processes.add(workers.start(i));
        }
        workers.forEach(WaiterProcess::awaitReady);
        return workers;
    }

    private WaiterProcess start(int number) {
        return WaiterProcess.start("worker-" + number, this.stores.get(number), this.settings);
    }

    WaiterProcess first() {
        return this.processes.get(0);
    }

    WaiterProcess get(int index) {
        return this.processes.get(index);
    }

    @Override
    public Iterator<WaiterProcess> iterator() {
        return List.copyOf(this.processes).iterator();
    }

    /** What all of them have said. */
    Testimonies said() {
        return new Testimonies(
                Stream.concat(this.processes.stream().map(WaiterProcess::testimony), this.former.stream())
                        .toList());
    }

    // ---- what they do ----

    /** Two threads of each take one lock in turns, and one thread of each keeps a lock of its own. */
    void begin(String key, Duration ttl, Duration hold) {
        begin(key, worker -> {
            worker.takeTurns(key, ttl, hold);
            worker.takeTurns(key, ttl, hold);
            worker.takeTurns(kept(worker), ttl, FOREVER);
            worker.awaitTurns(kept(worker), 1);
        });
    }

    /**
     * The same; besides, one thread of each wants what another keeps, and one writes into the ledger without ever asking
     * whether it still holds the lock that it writes under.
     */
    void beginAll(String key, Duration ttl, Duration hold) {
        begin(key, worker -> {
            worker.takeTurns(key, ttl, hold);
            worker.takeTurns(key, ttl, hold);
            worker.takeTurns(kept(worker), ttl, FOREVER);
            worker.awaitTurns(kept(worker), 1);
            worker.insist(kept(next(worker)), ttl, Duration.ofMillis(300));
            worker.writeGuarded(Scene.GUARDED, ttl, FOREVER);
        });
        awaitWriting();
    }

    /** And one thread of each writes into the ledger. */
    void beginWriting(Duration ttl) {
        forEach(worker -> worker.writeGuarded(Scene.GUARDED, ttl, FOREVER));
        awaitWriting();
    }

    private void awaitWriting() {
        await().pollInterval(GLANCE)
                .atMost(PATIENCE)
                .until(() -> writing().testimony().lastWritten() > 0);
    }

    private void begin(String key, Consumer<WaiterProcess> next) {
        beginEach(next);
        awaitTurns(key, 3);
    }

    /** Something else. */
    void beginEach(Consumer<WaiterProcess> next) {
        if (this.closed) {
            forEach(WaiterProcess::open);
            forEach(WaiterProcess::awaitReady);
            this.closed = false;
        } else {
            rest();
        }
        this.former.clear();
        forEach(worker -> worker.testimony().forget());
        this.work = next;
        forEach(next);
    }

    private String kept(WaiterProcess worker) {
        return "kept-" + this.processes.indexOf(worker);
    }

    private WaiterProcess next(WaiterProcess worker) {
        return this.processes.get((this.processes.indexOf(worker) + 1) % this.processes.size());
    }

    /** The one that has written into the ledger last. */
    WaiterProcess writing() {
        return this.processes.stream()
                .max(Comparator.comparingLong(worker -> worker.testimony().lastWritten()))
                .orElseThrow();
    }

    /** Somebody else begins to write. */
    void awaitAnotherWriter() {
        long before = writing().testimony().lastWritten();
        await().pollInterval(GLANCE)
                .atMost(PATIENCE)
                .until(() -> writing().testimony().lastWritten() > before);
    }

    /** Each takes a lock of its own, after what has happened, and keeps it until it must have been renewed. */
    void takeOneMore(Duration ttl) {
        this.before.clear();
        forEach(worker -> {
            this.before.add(worker.testimony().outcomes(after(worker)).size());
            worker.takeOnce(after(worker), ttl, ttl.multipliedBy(2).dividedBy(3));
        });
    }

    void awaitOneMore() {
        for (int i = 0; i < this.before.size(); i++) {
            int before = this.before.get(i);
            WaiterProcess worker = get(i);
            await().pollInterval(GLANCE)
                    .atMost(PATIENCE)
                    .until(() -> worker.testimony().outcomes(after(worker)).size() > before);
        }
    }

    private String after(WaiterProcess worker) {
        return AFTER + this.processes.indexOf(worker);
    }

    /** The same threads take the same locks again and again, at a high rate. */
    void relock(Duration ttl) {
        forEach(worker -> {
            worker.testimony().forget("relocked");
            worker.relock("relocked-" + this.processes.indexOf(worker), ttl);
        });
        forEach(WaiterProcess::awaitRelocked);
    }

    // ---- death ----

    /** @return when */
    long killFirst() {
        long killed = System.nanoTime();
        first().kill();
        this.former.add(first().testimony());
        return killed;
    }

    /** Starts it anew, with the same work. */
    void startFirst() {
        this.processes.set(0, start(0).awaitReady());
        this.work.accept(first());
    }

    // ---- waiting for them ----

    /** Each of them has had the lock so many times from now on. */
    void awaitTurns(String key, int turns) {
        forEach(worker -> worker.awaitTurns(key, turns));
    }

    /** How long after that time the last of them had its first turn. */
    Duration awaitFirstTurns(String key, long since) {
        long[] last = {since};
        forEach(worker -> last[0] = Math.max(last[0], awaitFirstTurn(worker, key, since)));
        return Duration.ofNanos(last[0] - since);
    }

    private static long awaitFirstTurn(WaiterProcess worker, String key, long since) {
        await().pollInterval(GLANCE).atMost(PATIENCE).until(() -> firstTurn(worker, key, since) < Long.MAX_VALUE);
        return firstTurn(worker, key, since);
    }

    private static long firstTurn(WaiterProcess worker, String key, long since) {
        return worker.testimony().spans().stream()
                .filter(span -> span.key().equals(key))
                .mapToLong(Span::from)
                .filter(from -> from - since > 0)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** How long after that time anybody had the first turn, as far as that is known; negative = nobody had. */
    Duration firstTurn(String key, long since) {
        long first = this.processes.stream()
                .mapToLong(worker -> firstTurn(worker, key, since))
                .min()
                .orElseThrow();
        return Duration.ofNanos(first == Long.MAX_VALUE ? -1 : first - since);
    }

    /** Those who live on take the lock in time, whoever held it. */
    void awaitTurnsOfOthers(long killed, Duration latest) {
        for (WaiterProcess other : this.processes.subList(1, this.processes.size())) {
            Duration took = Duration.ofNanos(awaitFirstTurn(other, Scene.KEY, killed) - killed);
            assertThat(took).as("first turn of another after one was killed").isLessThan(latest.plus(Stage.SLACK));
        }
    }

    /** How long after that time the last of them had its first turn of the last of these. */
    Duration awaitFirstTurns(List<String> keys, long since) {
        return keys.stream()
                .map(key -> awaitFirstTurns(key, since))
                .max(Duration::compareTo)
                .orElseThrow();
    }

    void awaitStaleWrites(int more) {
        await().pollInterval(GLANCE).atMost(PATIENCE).until(() -> said().stale() >= more);
    }

    /** All of them end what they do, and tell what they believed. */
    void rest(History history) {
        rest();
        said().spans().forEach(history::add);
    }

    private void rest() {
        forEach(WaiterProcess::beginRest);
        forEach(WaiterProcess::awaitRest);
    }

    // ---- their end ----

    /** All clients are closed, and leave no thread; those who begin again make others. */
    void closeClients() {
        this.closed = true;
        for (WaiterProcess worker : this) {
            Closed closed = worker.closeInstance();
            assertThat(closed.threads()).as("threads of a closed client").isEqualTo("[]");
            assertThat(closed.took()).isLessThan(Duration.ofSeconds(2).plus(Stage.SLACK));
        }
    }

    @Override
    public void close() {
        forEach(WaiterProcess::close);
    }
}
