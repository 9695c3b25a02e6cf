package io.distlock.autoconfigure;

import io.distlock.Lockers;
import io.distlock.actuate.LockEndpoint;
import io.distlock.actuate.LockMemory;
import java.time.Clock;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/**
 * The endpoint {@code distlock} where the application has the actuator and exposes it. Conditions of the actuator stand at
 * the methods: at the class they would be looked for where it is missing.
 */
@AutoConfiguration(after = DistlockAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(Lockers.class)
public final class LockEndpointAutoConfiguration {

    @Bean
    @ConditionalOnAvailableEndpoint(LockEndpoint.class)
    @ConditionalOnMissingBean
    LockMemory lockMemory() {
        return new LockMemory(Clock.systemUTC());
    }

    @Bean
    @ConditionalOnAvailableEndpoint(LockEndpoint.class)
    @ConditionalOnMissingBean
    LockEndpoint lockEndpoint(Lockers lockers, LockMemory memory, ApplicationEventPublisher publisher) {
        return new LockEndpoint(lockers, memory, publisher);
    }
}
