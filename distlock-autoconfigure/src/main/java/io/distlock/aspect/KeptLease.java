package io.distlock.aspect;

import io.distlock.BoundLease;
import io.distlock.Lease;
import io.distlock.LeaseScope;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Gives a lease that was taken inside a transaction back after its completion, since only then others see what was
 * written under it. Only to be used where transactions are known.
 */
record KeptLease(Lease lease, LeaseScope scope) implements TransactionSynchronization {

    static boolean isWanted() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.isSynchronizationActive();
    }

    /** From here until the transaction is over the current thread works under the lease. */
    static LeaseScope untilCompletion(HeldLease held) {
        // a transaction that is never ended must not keep the lease for longer than its thread lives
        if (held.lease() instanceof BoundLease bound) {
            bound.endsWith(Thread.currentThread());
        }
        LeaseScope scope = held.open();
        TransactionSynchronizationManager.registerSynchronization(new KeptLease(held.lease(), scope));
        return scope;
    }

    @Override
    public void afterCompletion(int status) {
        this.scope.close();
        this.lease.release();
    }
}
