package io.distlock.autoconfigure;

import io.distlock.aspect.DistributedLockAdvisor;
import io.distlock.aspect.DistributedLockCheck;
import io.distlock.aspect.DistributedLockHints;
import io.distlock.aspect.DistributedLockInterceptor;
import io.distlock.aspect.LockTunings;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;

/**
 * Puts locks around annotated methods. Nothing here asks for a locker before the first call, or every bean that a locker
 * needs would be made before it could be proxied.
 */
@AutoConfiguration(after = DistlockAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "distlock.enabled", matchIfMissing = true)
@EnableConfigurationProperties(LocksProperties.class)
@ImportRuntimeHints(DistributedLockHints.class)
public final class DistributedLockAutoConfiguration {

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static DistributedLockInterceptor distributedLockInterceptor(ConfigurableListableBeanFactory beans) {
        return new DistributedLockInterceptor(beans);
    }

    @Bean
    LockTunings lockTunings(LocksProperties properties, Environment environment) {
        LocksProperties.refuseUnknown(environment);
        return properties.tunings();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "distlock.aspect.mode", havingValue = "proxy", matchIfMissing = true)
    @Import(AutoProxyRegistrar.class)
    static class ProxyConfiguration {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static DistributedLockAdvisor distributedLockAdvisor(
                DistributedLockInterceptor interceptor, Environment environment) {
            return new DistributedLockAdvisor(
                    interceptor,
                    environment.getProperty(
                            "distlock.aspect.order", Integer.class, DistributedLockAdvisor.DEFAULT_ORDER));
        }

        @Bean
        AnnotationVerification distributedLockVerification(
                ConfigurableListableBeanFactory beans,
                DistributedLockInterceptor interceptor,
                DistlockProperties properties,
                LockersProperties lockers) {
            return new AnnotationVerification(
                    DistributedLockCheck.ofProxies(
                            beans, interceptor, new ConfiguredLimits(beans, properties, lockers)),
                    properties.aspect().verify());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "distlock.aspect.mode", havingValue = "aspectj")
    static class WeavingConfiguration {

        @Bean
        static WovenEntrance wovenDistributedLocks() {
            return new WovenEntrance();
        }

        @Bean
        AnnotationVerification distributedLockVerification(
                ConfigurableListableBeanFactory beans,
                DistributedLockInterceptor interceptor,
                DistlockProperties properties,
                LockersProperties lockers) {
            return new AnnotationVerification(
                    DistributedLockCheck.ofWovenClasses(
                            beans, interceptor, new ConfiguredLimits(beans, properties, lockers)),
                    properties.aspect().verify());
        }
    }
}
