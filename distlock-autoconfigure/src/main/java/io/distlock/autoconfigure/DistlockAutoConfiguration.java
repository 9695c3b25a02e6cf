package io.distlock.autoconfigure;

import io.distlock.LockListener;
import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.TokenGenerator;
import io.distlock.core.DistributedLocker;
import io.distlock.core.Instance;
import io.distlock.core.RandomTokens;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** Makes the locker that {@code distlock.*} describes, on the driver that it names. */
@AutoConfiguration(afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnBooleanProperty(name = "distlock.enabled", matchIfMissing = true)
@EnableConfigurationProperties(DistlockProperties.class)
public final class DistlockAutoConfiguration {

    private final Instance instance;

    DistlockAutoConfiguration(@Value("${spring.application.name:application}") String application) {
        this.instance = Instance.here(application);
    }

    @Bean
    @ConditionalOnMissingBean(TokenGenerator.class)
    RandomTokens lockTokens() {
        return new RandomTokens(this.instance);
    }

    @Bean
    @ConditionalOnMissingBean(Locker.class)
    DistributedLocker locker(
            DistlockProperties properties,
            ObjectProvider<LockDriverFactory> drivers,
            TokenGenerator tokens,
            ObjectProvider<LockListener> listeners) {
        LockDriver driver = new LockDriverChoice(drivers.orderedStream().toList())
                .make(properties.driver(), properties.driverSettings(this.instance));
        return DistributedLocker.create(
                properties.lockerSettings(),
                this.instance,
                driver,
                tokens,
                listeners.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean
    Lockers lockers(Locker locker) {
        return new OneLocker(locker);
    }

    @Bean
    @ConditionalOnBean(DistributedLocker.class)
    LockerLifecycle lockerLifecycle(
            ConfigurableApplicationContext context, DistributedLocker locker, DistlockProperties properties) {
        return new LockerLifecycle(context, locker, new StartupCheck(locker, properties.startupCheck()));
    }
}
