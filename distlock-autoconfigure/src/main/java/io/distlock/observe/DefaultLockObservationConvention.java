package io.distlock.observe;

import io.distlock.observe.LockObservationContext.Phase;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import java.util.Locale;

/**
 * {@code distlock.lock.acquire} and {@code distlock.lock.hold} with locker, name and outcome. Keys and fencing tokens are
 * of high cardinality: they go to traces, and never to meters.
 */
public class DefaultLockObservationConvention implements LockObservationConvention {

    private final Phase phase;

    /** @param phase of which observations it speaks */
    public DefaultLockObservationConvention(Phase phase) {
        this.phase = phase;
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
        return context instanceof LockObservationContext lock && lock.phase() == this.phase;
    }

    @Override
    public String getName() {
        return "distlock.lock." + verb();
    }

    @Override
    public String getContextualName(LockObservationContext context) {
        return verb() + " " + context.event().name();
    }

    private String verb() {
        return this.phase.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(LockObservationContext context) {
        String outcome = context.outcome();
        return KeyValues.of(
                KeyValue.of("distlock.locker", context.event().locker()),
                KeyValue.of("distlock.name", context.event().name()),
                KeyValue.of("distlock.outcome", outcome == null ? KeyValue.NONE_VALUE : outcome));
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(LockObservationContext context) {
        return KeyValues.of(
                KeyValue.of("distlock.key", String.join(" ", context.event().keys())),
                KeyValue.of("distlock.fence", Long.toString(context.event().fencingToken())));
    }
}
