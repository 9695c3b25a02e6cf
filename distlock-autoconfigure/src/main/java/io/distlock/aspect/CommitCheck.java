package io.distlock.aspect;

import io.distlock.LeaseScope;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Rolls a transaction back, at the last moment before its commit, when a lease under which its thread works is not held
 * any more. The transaction fails with {@link io.distlock.LockLostException}. A lease that the work itself has released
 * counts as not held. What is lost between this check and the end of the commit goes unnoticed by it: let the resource
 * check the fencing token.
 */
public final class CommitCheck implements TransactionExecutionListener {

    @Override
    public void beforeCommit(TransactionExecution transaction) {
        LeaseScope.ensureAllHeld();
    }
}
