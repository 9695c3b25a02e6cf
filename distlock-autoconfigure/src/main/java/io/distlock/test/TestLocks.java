package io.distlock.test;

import io.distlock.LocalLock;
import io.distlock.LockState;
import io.distlock.Locker;
import io.distlock.ReleaseOutcome;
import io.distlock.core.DistributedLocker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The locks of a test: in memory, with a clock that moves when it is told to, faults, other instances, and a memory of
 * what happened. {@link LockAssertions} asks about that.
 *
 * <p>In a Spring test it is a bean, with {@link AutoConfigureDistlock}; in a JUnit test a parameter, with {@link
 * DistlockExtension}; everywhere else {@link #create()}. Any thread may use it, but move the clock while nobody is just
 * taking a lock or giving one back.
 *
 * <p>The clock that moves is the store's, and with it what holders believe. How long callers wait, and when {@code
 * max-hold} is over, goes by the clock of the JVM: give tests short waits.
 */
public final class TestLocks implements AutoCloseable {

    private final TestStore store;

    private final LockHistory history;

    private final Supplier<Locker> locker;

    private final Supplier<Collection<DistributedLocker>> here;

    private final Map<String, DistributedLocker> elsewhere = new ConcurrentHashMap<>();

    private final Runnable closing;

    /**
     * @param locker the default one
     * @param here all lockers of the application that keep their locks in the store
     * @param closing what is to be closed beside other instances
     */
    TestLocks(
            TestStore store,
            LockHistory history,
            Supplier<Locker> locker,
            Supplier<Collection<DistributedLocker>> here,
            Runnable closing) {
        this.store = store;
        this.history = history;
        this.locker = locker;
        this.here = here;
        this.closing = closing;
    }

    /** One locker and its store, without Spring; close it when the test is over. */
    public static TestLocks create() {
        TestStore store = new TestStore();
        LockHistory history = new LockHistory();
        DistributedLocker locker = NewLocker.of(
                "test",
                NewLocker.DEFAULT_NAME,
                NewLocker.DEFAULT_PREFIX,
                store.drivers("test", history),
                List.of(history));
        return new TestLocks(store, history, () -> locker, () -> List.of(locker), locker::close);
    }

    /** The default locker of the application. */
    public Locker locker() {
        return this.locker.get();
    }

    // ---- the clock ----

    /**
     * Lets time pass as it does while all goes well: leases that are renewed stay, those that are not run down, and what
     * is over goes to whoever waits for it. While the store is silent, nothing is renewed.
     */
    public void advance(Duration time) {
        pass(time, this.store.isSilent() ? List.of() : this.here.get());
    }

    /**
     * Lets time pass while this application stands still, as a paused process or a sleeping machine does: nothing of it is
     * renewed, so a lease that is not held long enough is lost when this returns. Other instances work on.
     */
    public void sleep(Duration time) {
        pass(time, List.of());
    }

    private void pass(Duration time, Collection<DistributedLocker> renewing) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("Time does not go back: " + time);
        }
        List<DistributedLocker> awake = new ArrayList<>(renewing);
        awake.addAll(this.elsewhere.values());
        locks(awake)
                .forEach(lock -> lock.hold()
                        .filter(LocalLock.Hold::renewed)
                        .ifPresent(hold -> this.store.prolong(lock.key(), hold.fencingToken(), time)));
        List<LocalLock> before = locks(this.here.get()).toList();
        this.store.forward(time);
        all().forEach(locker -> locker.age(time, !awake.contains(locker)));
        this.store.moveOn();
        awaitTold(before);
    }

    // ---- faults ----

    /**
     * Takes the lock away from whoever in this application holds it, whatever its locker, and whether the store is silent
     * or not. The lease is lost when this returns; who listens hears of it on other threads.
     *
     * @throws IllegalStateException when nobody here holds it
     */
    public void lose(String key) {
        List<String> held = new ArrayList<>();
        boolean lost = false;
        for (DistributedLocker holder : this.here.get()) {
            for (LocalLock lock : holder.locks()) {
                lock.hold().ifPresent(hold -> held.add(lock.key()));
                lost |= lock.key().equals(key) && lock.hold().isPresent() && lose(holder, lock);
            }
        }
        if (!lost) {
            throw new IllegalStateException(
                    "No lease of '" + key + "' is held here that could be lost; held are " + held);
        }
    }

    private boolean lose(DistributedLocker holder, LocalLock lock) {
        String token = lock.hold().map(LocalLock.Hold::token).orElseThrow();
        ReleaseOutcome outcome = this.store.answering(() -> holder.free(lock.key(), token));
        awaitTold(List.of(lock));
        return outcome == ReleaseOutcome.RELEASED;
    }

    /** From here on no question of this application is answered, and none reaches the store; other instances are served. */
    public void silence() {
        this.store.silent(true);
    }

    /** The store answers again. */
    public void answer() {
        this.store.silent(false);
    }

    // ---- other instances ----

    /**
     * Another instance of the application, at its default locker: what it holds is busy here. It is never silenced or
     * asleep, nothing that it does is remembered, and {@link #reset()} takes away what it holds.
     */
    public Locker elsewhere() {
        return elsewhere(NewLocker.DEFAULT_NAME);
    }

    /** Another instance of the application, at the locker of that name. */
    public Locker elsewhere(String locker) {
        return this.elsewhere.computeIfAbsent(
                locker,
                name -> NewLocker.of(
                        "elsewhere", name, this.store.prefix(name), this.store.driversElsewhere(), List.of()));
    }

    // ---- what happened ----

    /** All leases that this application took since the last {@link #reset()}, in the order in which it had them. */
    public List<LeaseRecord> leases() {
        return this.history.leases();
    }

    /** Those of one key. */
    public List<LeaseRecord> leases(String key) {
        return this.history.leases(key);
    }

    /** A piece of work to be watched, together with the leases around it. */
    public Section section() {
        return new Section(this.history);
    }

    /** Who holds the key now at the default locker. */
    Optional<LockState> holder(String key) {
        return locker().inspect(key);
    }

    LockHistory history() {
        return this.history;
    }

    /** What this application holds now. */
    List<String> heldHere() {
        return locks(this.here.get())
                .filter(lock -> lock.hold().isPresent())
                .map(LocalLock::key)
                .toList();
    }

    /**
     * Makes everything as it was before the test, which both integrations do before each: the store answers, other
     * instances hold nothing, and what happened is forgotten. What the application itself holds, it keeps.
     */
    public void reset() {
        answer();
        this.elsewhere
                .values()
                .forEach(other -> other.locks()
                        .forEach(lock -> lock.hold().ifPresent(hold -> other.free(lock.key(), hold.token()))));
        this.history.clear();
    }

    @Override
    public void close() {
        answer();
        this.elsewhere.values().forEach(DistributedLocker::close);
        this.closing.run();
    }

    private Stream<DistributedLocker> all() {
        return Stream.concat(this.here.get().stream(), this.elsewhere.values().stream());
    }

    private static Stream<LocalLock> locks(Collection<DistributedLocker> lockers) {
        return lockers.stream().flatMap(locker -> locker.locks().stream());
    }

    /** Losses are told on a thread of the listener's own; tests should not have to wait for that. */
    private void awaitTold(List<LocalLock> before) {
        Set<Long> held = fences(locks(this.here.get()));
        fences(before.stream()).stream().filter(fence -> !held.contains(fence)).forEach(this.history::awaitEnd);
    }

    private static Set<Long> fences(Stream<LocalLock> locks) {
        return locks.flatMap(lock -> lock.hold().stream())
                .map(LocalLock.Hold::fencingToken)
                .collect(Collectors.toSet());
    }
}
