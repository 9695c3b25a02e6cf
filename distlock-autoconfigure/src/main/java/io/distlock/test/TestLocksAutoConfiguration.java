package io.distlock.test;

import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.core.DistributedLocker;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Puts the store of tests in the place of every driver, ahead of those that the application has. */
@AutoConfiguration
public final class TestLocksAutoConfiguration {

    @Bean
    TestStore testLockStore() {
        return new TestStore();
    }

    @Bean
    LockHistory testLockHistory() {
        return new LockHistory();
    }

    @Bean
    TestLocks testLocks(
            TestStore store, LockHistory history, ObjectProvider<Locker> locker, ObjectProvider<Lockers> lockers) {
        return new TestLocks(store, history, locker::getObject, () -> kept(store, lockers.getObject()), () -> {});
    }

    private static List<DistributedLocker> kept(TestStore store, Lockers lockers) {
        return lockers.names().stream()
                .filter(store::keeps)
                .map(lockers::get)
                .filter(DistributedLocker.class::isInstance)
                .map(DistributedLocker.class::cast)
                .toList();
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    TestDrivers testDriversForRedis(TestStore store, LockHistory history) {
        return store.drivers("redis", history);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    TestDrivers testDriversForMemory(TestStore store, LockHistory history) {
        return store.drivers("memory", history);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    TestDrivers testDriversForQuorum(TestStore store, LockHistory history) {
        return store.drivers("quorum", history);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    TestDrivers testDriversForSequence(TestStore store, LockHistory history) {
        return store.drivers("sequence", history);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ConfigurableTransactionManager.class, TransactionSynchronizationManager.class})
    static class TransactionConfiguration {

        @Bean
        static TransactionRecorder testTransactionRecorder(ObjectProvider<LockHistory> history) {
            return new TransactionRecorder(history::getObject);
        }
    }
}
