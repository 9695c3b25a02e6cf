package io.distlock.autoconfigure;

import io.distlock.observe.LockContext;
import io.distlock.observe.LockOrder;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What helps to find out what locks have to do with a trouble; nothing of it unless it is asked for. */
@AutoConfiguration(after = DistlockAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "distlock.enabled", matchIfMissing = true)
@EnableConfigurationProperties(OperationsProperties.class)
public final class LockDiagnosisAutoConfiguration {

    @Bean
    @ConditionalOnBooleanProperty("distlock.diagnose-order")
    LockOrder lockOrder() {
        return new LockOrder();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MDC.class)
    @ConditionalOnBooleanProperty("distlock.mdc")
    static class LoggingContextConfiguration {

        @Bean
        LockContext lockContext() {
            return new LockContext();
        }
    }
}
