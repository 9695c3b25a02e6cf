package io.distlock.test;

import io.distlock.LockListener;
import io.distlock.core.DistributedLocker;
import io.distlock.core.Instance;
import io.distlock.core.LockerSettings;
import io.distlock.core.RandomTokens;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriverFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How the kit makes lockers of its own: as by default, but nobody waits for leases that a test did not give back. */
final class NewLocker {

    private static final LockerSettings USUAL = LockerSettings.defaults();

    static final String DEFAULT_NAME = USUAL.name();

    static final String DEFAULT_PREFIX = USUAL.prefix();

    private NewLocker() {}

    static DistributedLocker of(
            String application, String name, String prefix, LockDriverFactory drivers, List<LockListener> listeners) {
        Instance instance = Instance.here(application);
        DriverSettings driver = new DriverSettings(
                name, prefix, instance.id(), Duration.ofSeconds(1), Duration.ofHours(1), true, Optional.empty());
        return DistributedLocker.create(
                settings(name, prefix), instance, drivers.create(driver), new RandomTokens(instance), listeners);
    }

    private static LockerSettings settings(String name, String prefix) {
        return new LockerSettings(
                name,
                prefix,
                USUAL.ttl(),
                USUAL.waitFor(),
                USUAL.maxTtl(),
                USUAL.autoRenew(),
                USUAL.maxHold(),
                USUAL.grace(),
                USUAL.pollInterval(),
                USUAL.maxWaiters(),
                USUAL.passMax(),
                USUAL.passTime(),
                Duration.ZERO);
    }
}
