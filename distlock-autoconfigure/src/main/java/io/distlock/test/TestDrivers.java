package io.distlock.test;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverFactory;
import java.util.function.BooleanSupplier;

/**
 * Gives lockers the store of the test, whatever driver they ask for.
 *
 * @param name what they ask for
 * @param store of the test
 * @param silent whether it answers them
 * @param history of what they do
 */
record TestDrivers(String name, TestStore store, BooleanSupplier silent, LockHistory history)
        implements LockDriverFactory {

    @Override
    public LockDriver create(DriverSettings settings) {
        return this.store.driver(settings, this.silent, this.history);
    }
}
