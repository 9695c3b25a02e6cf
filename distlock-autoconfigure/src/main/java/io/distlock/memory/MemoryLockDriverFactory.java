package io.distlock.memory;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriverFactory;
import io.distlock.driver.SharingDriver;
import java.util.function.LongSupplier;

/**
 * Makes drivers that keep locks in memory. All drivers of one factory share one store, so their lockers shut each other
 * out; those of two factories know nothing of each other. Public for use without auto-configuration.
 */
public final class MemoryLockDriverFactory implements LockDriverFactory {

    private final MemoryStore store;

    public MemoryLockDriverFactory() {
        this(System::nanoTime);
    }

    /**
     * @param nanoTime the clock of the store, in nanoseconds from any origin; must not go back. Moving it ends what the
     *     store holds, but not what a holder believes, who goes by the clock of the JVM.
     */
    public MemoryLockDriverFactory(LongSupplier nanoTime) {
        this.store = new MemoryStore(nanoTime);
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public SharingDriver create(DriverSettings settings) {
        return new MemoryLockDriver(this.store, settings);
    }
}
