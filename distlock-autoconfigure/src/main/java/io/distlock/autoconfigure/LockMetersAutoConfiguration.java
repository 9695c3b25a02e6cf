package io.distlock.autoconfigure;

import io.distlock.Lockers;
import io.distlock.observe.LockMeters;
import io.distlock.observe.LockerMeters;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Measures locks where the application has a meter registry. */
@AutoConfiguration(
        after = {DistlockAutoConfiguration.class, DistributedLockAutoConfiguration.class},
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, Lockers.class})
public final class LockMetersAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    LockMeters lockMeters(MeterRegistry registry) {
        return new LockMeters(registry);
    }

    @Bean
    @ConditionalOnMissingBean
    LockerMeters lockerMeters(Lockers lockers) {
        return new LockerMeters(() -> LockersByName.of(lockers));
    }

    @Bean
    @ConditionalOnBean(AnnotationVerification.class)
    AnnotatedLockMeters annotatedLockMeters(AnnotationVerification annotations, LockMeters meters) {
        return new AnnotatedLockMeters(annotations, meters);
    }
}
