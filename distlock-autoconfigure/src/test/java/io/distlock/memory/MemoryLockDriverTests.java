package io.distlock.memory;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LineDriver;
import io.distlock.driver.SharingDriverContract;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;

/** The contract in memory, where time passes as told. */
class MemoryLockDriverTests extends SharingDriverContract {

    private final AtomicLong now = new AtomicLong();

    /** Each look at the clock takes ten microseconds: a clock that stands still reserves fences one by one. */
    private final MemoryStore store = new MemoryStore(() -> this.now.addAndGet(10_000));

    @Override
    protected LineDriver create(DriverSettings settings) {
        return new MemoryLockDriver(this.store, settings);
    }

    @Override
    protected void elapse(Duration time) {
        this.now.addAndGet(time.toNanos());
    }

    @Override
    protected Collection<String> stored(String prefix) {
        this.store.sweep();
        return this.store.keys();
    }
}
