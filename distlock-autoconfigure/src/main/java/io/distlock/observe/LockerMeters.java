package io.distlock.observe;

import io.distlock.Locker;
import io.distlock.WatchedLocker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.function.Supplier;

/** How many locks each locker keeps alive. */
public final class LockerMeters implements MeterBinder {

    private final Supplier<Map<String, Locker>> lockers;

    /** @param lockers by name; asked for when the meters are registered */
    public LockerMeters(Supplier<Map<String, Locker>> lockers) {
        this.lockers = lockers;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        this.lockers.get().forEach((name, locker) -> {
            if (locker instanceof WatchedLocker watched) {
                Gauge.builder("distlock.renewing", watched, LockerMeters::renewing)
                        .description("Locks that this instance keeps alive")
                        .tag("locker", name)
                        .register(registry);
            }
        });
    }

    private static double renewing(WatchedLocker locker) {
        return locker.locks().stream()
                .flatMap(lock -> lock.hold().stream())
                .filter(hold -> hold.renewed())
                .count();
    }
}
