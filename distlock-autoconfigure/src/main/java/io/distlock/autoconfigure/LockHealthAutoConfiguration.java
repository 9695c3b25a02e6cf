package io.distlock.autoconfigure;

import io.distlock.Lockers;
import io.distlock.actuate.LockHealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/** Health of each locker where the application reports health; {@code management.health.distlock.enabled} is the switch. */
@AutoConfiguration(
        after = DistlockAutoConfiguration.class,
        beforeName =
                "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration")
@ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(Lockers.class)
public final class LockHealthAutoConfiguration {

    @Bean
    @ConditionalOnEnabledHealthIndicator("distlock")
    @ConditionalOnMissingBean(name = "distlockHealthContributor")
    HealthContributor distlockHealthContributor(Lockers lockers) {
        return CompositeHealthContributor.fromMap(LockersByName.of(lockers), LockHealthIndicator::new);
    }
}
