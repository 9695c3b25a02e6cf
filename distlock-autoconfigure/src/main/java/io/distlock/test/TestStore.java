package io.distlock.test;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LineDriver;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The one store behind all lockers of a test. */
final class TestStore {

    private final AtomicLong ahead = new AtomicLong();

    private final MemoryLockDriverFactory memory =
            new MemoryLockDriverFactory(() -> System.nanoTime() + this.ahead.get());

    private final List<Grants> grants = new CopyOnWriteArrayList<>();

    private volatile boolean silent;

    /** Whether the current thread does what the test wants, not what the application does. */
    private final ThreadLocal<Boolean> fault = ThreadLocal.withInitial(() -> false);

    /** For the application that is tested. */
    TestDrivers drivers(String name, LockHistory history) {
        return new TestDrivers(name, this, () -> this.silent && !this.fault.get(), history);
    }

    /** For other instances, which it always answers. */
    TestDrivers driversElsewhere() {
        return new TestDrivers("test", this, () -> false, new LockHistory());
    }

    LineDriver driver(DriverSettings settings, BooleanSupplier silence, LockHistory history) {
        LineDriver store = this.memory.create(settings);
        Grants own = new Grants(settings.locker(), settings.prefix(), store, history);
        this.grants.add(own);
        return new TestDriver(store, own, silence);
    }

    void silent(boolean now) {
        this.silent = now;
    }

    boolean isSilent() {
        return this.silent;
    }

    /** What the current thread asks meanwhile is answered, whoever is silenced. */
    <T> T answering(Supplier<T> question) {
        this.fault.set(true);
        try {
            return question.get();
        } finally {
            this.fault.remove();
        }
    }

    /** Whether that locker keeps its locks here: not if its driver is one of the application's own. */
    boolean keeps(String locker) {
        return this.grants.stream().anyMatch(known -> known.locker().equals(locker));
    }

    String prefix(String locker) {
        return this.grants.stream()
                .filter(known -> known.locker().equals(locker))
                .findFirst()
                .map(Grants::prefix)
                .orElseThrow(
                        () -> new IllegalArgumentException("No locker '" + locker + "' keeps its locks here; there is "
                                + this.grants.stream().map(Grants::locker).collect(Collectors.toSet())));
    }

    /** As if that grant had been renewed at the end of that time. */
    void prolong(String key, long fence, Duration time) {
        this.grants.forEach(known -> known.prolong(key, fence, time));
    }

    void forward(Duration time) {
        this.ahead.addAndGet(time.toNanos());
    }

    /** Hands what is over to whoever waits for it: memory does not look at the clock by itself. */
    void moveOn() {
        this.grants.forEach(Grants::moveOn);
    }
}
