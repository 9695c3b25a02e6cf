package io.distlock.autoconfigure;

import io.distlock.LockTracing;
import io.distlock.observe.HolderLinks;
import io.distlock.observe.LockObservations;
import io.distlock.observe.LockSpans;
import io.micrometer.tracing.Tracer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/** Links the span of who waits to the holder's where the application traces. */
@AutoConfiguration(
        after = LockObservationsAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration")
@ConditionalOnClass(Tracer.class)
@ConditionalOnBean({Tracer.class, LockObservations.class})
public final class LockTracingAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(LockTracing.class)
    HolderLinks holderLinks(Tracer tracer, LockObservations observations) {
        return new HolderLinks(tracer, observations);
    }

    /** Before those for observations of any kind: the first that supports one makes its span. */
    @Bean
    @ConditionalOnMissingBean
    @Order(0)
    LockSpans lockSpans(Tracer tracer) {
        return new LockSpans(tracer);
    }
}
