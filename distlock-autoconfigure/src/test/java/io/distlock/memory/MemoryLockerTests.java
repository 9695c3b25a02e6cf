package io.distlock.memory;

import io.distlock.core.LockerContract;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import java.time.Duration;

/** What callers may rely on, in memory. */
class MemoryLockerTests extends LockerContract {

    private final MemoryLockDriverFactory drivers = new MemoryLockDriverFactory();

    @Override
    protected LockDriver create(DriverSettings settings) {
        return this.drivers.create(settings);
    }

    @Override
    protected void elapse(Duration time) {
        try {
            Thread.sleep(time.plusMillis(1).toMillis()); // what holders believe goes by the clock of the JVM
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }
}
