package io.distlock.quorum;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverFactory;
import java.util.List;
import java.util.function.Supplier;

/**
 * Makes drivers that keep each lock in all of several Redis servers, in their order. Public for use without
 * auto-configuration.
 */
public final class SequenceLockDriverFactory implements LockDriverFactory {

    private final Members members;

    /** @param factories asked for the one called {@code redis} when a driver is made */
    public SequenceLockDriverFactory(Supplier<List<LockDriverFactory>> factories) {
        this.members = new Members(factories);
    }

    @Override
    public String name() {
        return "sequence";
    }

    @Override
    public LockDriver create(DriverSettings settings) {
        return new SequenceLockDriver(
                this.members.of(settings, settings.nodes().addresses().size() + 1));
    }
}
