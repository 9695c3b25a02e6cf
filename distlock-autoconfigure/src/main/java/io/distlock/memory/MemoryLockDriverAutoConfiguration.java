package io.distlock.memory;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Opens the memory driver to those who ask for it by name. */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "distlock.enabled", matchIfMissing = true)
public final class MemoryLockDriverAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    MemoryLockDriverFactory memoryLockDriverFactory() {
        return new MemoryLockDriverFactory();
    }
}
