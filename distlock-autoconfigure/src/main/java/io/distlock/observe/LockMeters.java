package io.distlock.observe;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.RenewalRound;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Meters of what happens to locks, tagged with the locker and the lock's name, and never with a key. A name's meters are
 * registered with its first event, or in advance.
 */
public final class LockMeters implements LockListener {

    private final MeterRegistry registry;

    private final Map<String, Map<String, NamedMeters>> meters = new ConcurrentHashMap<>();

    public LockMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Registers the meters of a name, so that they are there, at zero, before anything happens. */
    public void register(String locker, String name) {
        of(locker, name);
    }

    private NamedMeters of(LockEvent event) {
        return of(event.locker(), event.name());
    }

    private NamedMeters of(String locker, String name) {
        Map<String, NamedMeters> known = this.meters.get(locker);
        Map<String, NamedMeters> names =
                known != null ? known : this.meters.computeIfAbsent(locker, unknown -> new ConcurrentHashMap<>());
        NamedMeters found = names.get(name);
        return found != null
                ? found
                : names.computeIfAbsent(name, unknown -> new NamedMeters(this.registry, locker, name));
    }

    @Override
    public void onAsked(LockEvent event) {
        of(event).asked();
    }

    @Override
    public void onTaken(LockEvent event) {
        NamedMeters named = of(event);
        named.answered(Outcome.ACQUIRED, event.waited());
        named.taken();
    }

    @Override
    public void onRefused(LockEvent event, Reason reason) {
        of(event).answered(Outcome.of(reason), event.waited());
    }

    @Override
    public void onUnavailable(LockEvent event, LockUnavailableException cause) {
        of(event).answered(Outcome.UNAVAILABLE, event.waited());
    }

    @Override
    public void onCancelled(LockEvent event) {
        of(event).answered(Outcome.CANCELLED, event.waited());
    }

    @Override
    public void onProceeded(LockEvent event, LockUnavailableException cause) {
        of(event).count(Outcome.UNLOCKED);
    }

    @Override
    public void onReleased(LockEvent event, ReleaseOutcome outcome) {
        of(event).released(outcome, event.held());
    }

    @Override
    public void onLost(LockEvent event, LockLost lost) {
        of(event).lost();
    }

    @Override
    public void onRenewals(RenewalRound round) {
        Counter.builder("distlock.renewals")
                .description("Renewals that were sent")
                .tag("locker", round.locker())
                .register(this.registry)
                .increment(round.leases());
        Timer.builder("distlock.renewal.lag")
                .description(
                        "How much later than planned renewals were sent; near two thirds of the ttl it costs locks")
                .tag("locker", round.locker())
                .register(this.registry)
                .record(round.lag());
    }
}
