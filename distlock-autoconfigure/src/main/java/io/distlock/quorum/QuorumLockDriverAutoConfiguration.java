package io.distlock.quorum;

import io.distlock.driver.LockDriverFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Opens the drivers over several Redis servers to those who ask for them by name. */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "distlock.enabled", matchIfMissing = true)
public final class QuorumLockDriverAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    QuorumLockDriverFactory quorumLockDriverFactory(ObjectProvider<LockDriverFactory> factories) {
        return new QuorumLockDriverFactory(() -> factories.stream().toList());
    }

    @Bean
    @ConditionalOnMissingBean
    SequenceLockDriverFactory sequenceLockDriverFactory(ObjectProvider<LockDriverFactory> factories) {
        return new SequenceLockDriverFactory(() -> factories.stream().toList());
    }
}
