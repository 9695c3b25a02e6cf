package io.distlock.autoconfigure;

import io.distlock.Lockers;
import io.distlock.observe.LockObservationConvention;
import io.distlock.observe.LockObservations;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Observes locks where the application has an observation registry; {@code management.observations.enable.distlock} is the
 * switch.
 */
@AutoConfiguration(
        after = DistlockAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean({ObservationRegistry.class, Lockers.class})
public final class LockObservationsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    LockObservations lockObservations(
            ObservationRegistry registry, ObjectProvider<LockObservationConvention> conventions) {
        return new LockObservations(registry, conventions.orderedStream().toList());
    }
}
