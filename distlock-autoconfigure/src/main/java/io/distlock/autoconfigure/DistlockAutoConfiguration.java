package io.distlock.autoconfigure;

import io.distlock.LockListener;
import io.distlock.LockTracing;
import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.RetryStrategy;
import io.distlock.TokenGenerator;
import io.distlock.core.DistributedLocker;
import io.distlock.core.Instance;
import io.distlock.core.RandomTokens;
import io.distlock.driver.LockDriverFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;

/** Makes the lockers that {@code distlock.*} describes, each on the driver that it names. */
@AutoConfiguration(afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnBooleanProperty(name = "distlock.enabled", matchIfMissing = true)
@EnableConfigurationProperties({DistlockProperties.class, LockersProperties.class})
@Import(NamedLockersRegistrar.class)
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
    LockerMaker lockerMaker(
            DistlockProperties properties,
            LockersProperties named,
            ObjectProvider<LockDriverFactory> drivers,
            TokenGenerator tokens,
            ObjectProvider<LockListener> listeners,
            ObjectProvider<LockTracing> tracing,
            ObjectProvider<RetryStrategy> retry,
            Environment environment) {
        LockersProperties.refuseUnknown(environment);
        UnknownProperties.tell(environment);
        return new LockerMaker(
                this.instance,
                properties,
                named,
                drivers.orderedStream().toList(),
                tokens,
                listeners.orderedStream().toList(),
                tracing.getIfAvailable(),
                retry.getIfAvailable());
    }

    @Bean
    @Primary
    @ConditionalOnMissingBean(Locker.class)
    DistributedLocker locker(LockerMaker maker) {
        return maker.defaultLocker();
    }

    @Bean
    LossEvents lockLossEvents(ConfigurableApplicationContext context) {
        return new LossEvents(context);
    }

    @Bean
    @ConditionalOnMissingBean
    Lockers lockers(ListableBeanFactory beans) {
        return new BeanLockers(beans);
    }

    @Bean
    LockerLifecycle lockerLifecycle(
            ConfigurableApplicationContext context, DistlockProperties properties, LockerMaker maker) {
        return new LockerLifecycle(context, new StartupCheck(properties.startupCheck(), maker::needsMessages));
    }
}
