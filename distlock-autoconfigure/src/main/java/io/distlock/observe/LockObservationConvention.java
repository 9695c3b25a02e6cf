package io.distlock.observe;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names and tags of the observations of locks. Define beans to replace {@link DefaultLockObservationConvention}, for
 * acquisitions, for holds or for both: the first that supports a context counts.
 */
public interface LockObservationConvention extends ObservationConvention<LockObservationContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof LockObservationContext;
    }
}
