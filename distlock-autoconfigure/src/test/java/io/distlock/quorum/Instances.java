package io.distlock.quorum;

import io.distlock.core.DistributedLocker;
import io.distlock.core.Instance;
import io.distlock.core.LockerSettings;
import io.distlock.core.RandomTokens;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.Nodes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Lockers as instances of an application have them. */
final class Instances {

    private Instances() {}

    static DistributedLocker open(
            String prefix,
            Duration ttl,
            List<String> nodes,
            Duration rejoinAfter,
            Function<DriverSettings, LockDriver> make) {
        LockerSettings settings = new LockerSettings(
                "payments",
                prefix,
                ttl,
                Duration.ofSeconds(5),
                ttl,
                true,
                null,
                Duration.ZERO,
                Duration.ofMillis(500),
                0,
                0,
                Duration.ZERO,
                Duration.ZERO);
        Instance instance = Instance.here("shop");
        LockDriver driver = make.apply(new DriverSettings(
                "payments",
                prefix,
                instance.id(),
                ttl.dividedBy(3),
                Duration.ofHours(1),
                true,
                Optional.empty(),
                new Nodes(nodes, true, rejoinAfter),
                0));
        return DistributedLocker.create(settings, instance, driver, new RandomTokens(instance), List.of());
    }
}
