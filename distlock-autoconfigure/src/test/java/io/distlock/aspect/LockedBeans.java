package io.distlock.aspect;

import java.time.Duration;
import java.util.Map;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.EnableAspectJAutoProxy;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.MapPropertySource;

/** A small application whose annotated beans are locked by a {@link MapLocker}. */
final class LockedBeans implements AutoCloseable {

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    LockedBeans(Class<?>... beans) {
        this(Map.of(), beans);
    }

    LockedBeans(Map<String, Object> properties, Class<?>... beans) {
        this.context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
        this.context.register(Wiring.class);
        for (Class<?> bean : beans) {
            this.context.registerBean(
                    bean,
                    definition -> ((AbstractBeanDefinition) definition)
                            .setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR));
        }
        this.context.refresh();
    }

    <T> T get(Class<T> type) {
        return this.context.getBean(type);
    }

    MapLocker locker() {
        return get(MapLocker.class);
    }

    /** Defines a bean that is never made. */
    void define(String name, Class<?> type) {
        this.context.registerBeanDefinition(name, new RootBeanDefinition(type));
    }

    DistributedLockCheck check() {
        return DistributedLockCheck.ofProxies(
                this.context.getBeanFactory(), get(DistributedLockInterceptor.class), new Limits());
    }

    DistributedLockCheck wovenCheck() {
        return DistributedLockCheck.ofWovenClasses(
                this.context.getBeanFactory(), get(DistributedLockInterceptor.class), new Limits());
    }

    /** The default locker lets nobody share. */
    private record Limits() implements LockerLimits {

        @Override
        public Duration longestTtl(String locker) {
            return Duration.ofHours(locker.equals("default") ? 24 : 48);
        }

        @Override
        public boolean canShare(String locker) {
            return !locker.equals("default");
        }
    }

    @Override
    public void close() {
        this.context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAspectJAutoProxy
    static class Wiring {

        @Bean
        MapLocker locker() {
            return new MapLocker();
        }

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static DistributedLockInterceptor interceptor(ConfigurableListableBeanFactory beans) {
            return new DistributedLockInterceptor(beans);
        }

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static DistributedLockAdvisor advisor(DistributedLockInterceptor interceptor) {
            return new DistributedLockAdvisor(interceptor, DistributedLockAdvisor.DEFAULT_ORDER);
        }
    }
}
