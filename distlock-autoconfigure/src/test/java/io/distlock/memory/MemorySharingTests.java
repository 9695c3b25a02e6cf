package io.distlock.memory;

import io.distlock.core.SharingLockerContract;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;

/** What callers may rely on who share a lock, in memory. */
class MemorySharingTests extends SharingLockerContract {

    private final MemoryLockDriverFactory drivers = new MemoryLockDriverFactory();

    @Override
    protected LockDriver create(DriverSettings settings) {
        return this.drivers.create(settings);
    }
}
