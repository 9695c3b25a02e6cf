package io.distlock.test;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Notes when transactions end, before anybody else acts on it; only to be used where transactions are known. */
final class TransactionRecorder implements BeanPostProcessor, TransactionExecutionListener {

    private final Supplier<LockHistory> history;

    TransactionRecorder(Supplier<LockHistory> history) {
        this.history = history;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof PlatformTransactionManager && bean instanceof ConfigurableTransactionManager manager) {
            manager.addListener(this);
        }
        return bean;
    }

    /** A listener of transactions hears of a commit only after the locks have gone, a synchronization in time. */
    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
        if (failure == null && TransactionSynchronizationManager.isSynchronizationActive()) {
            LockHistory known = this.history.get();
            TransactionSynchronizationManager.registerSynchronization(new Completion(known, known.moment()));
        }
    }

    private record Completion(LockHistory history, long begun) implements TransactionSynchronization {

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public void afterCompletion(int status) {
            this.history.completed(new TransactionRecord(
                    Thread.currentThread(), this.begun, this.history.moment(), status == STATUS_COMMITTED));
        }
    }
}
