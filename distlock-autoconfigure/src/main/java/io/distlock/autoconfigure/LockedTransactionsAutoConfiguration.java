package io.distlock.autoconfigure;

import io.distlock.aspect.CommitCheck;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** Keeps transactions from being committed whose lock was lost, whoever made their manager. */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "distlock.enabled", matchIfMissing = true)
@ConditionalOnClass({ConfigurableTransactionManager.class, PlatformTransactionManager.class})
public final class LockedTransactionsAutoConfiguration {

    @Bean
    static LockedTransactions lockedTransactions() {
        return new LockedTransactions();
    }

    /** Those of reactive transactions are left alone, since their leases are not bound to a thread. */
    static final class LockedTransactions implements BeanPostProcessor {

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            if (bean instanceof PlatformTransactionManager && bean instanceof ConfigurableTransactionManager manager) {
                manager.addListener(new CommitCheck());
            }
            return bean;
        }
    }
}
