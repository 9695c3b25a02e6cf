package io.distlock.core;

import io.distlock.Lease;
import io.distlock.LockLost;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks leases of this room whether they were lost, which a lease that was released in time was not. */
final class Losses {

    private Losses() {}

    /** An action that is none would be noticed when it is too late: in the middle of a loss. */
    static void check(@Nullable Consumer<LockLost> action, Lease lease) {
        if (action == null) {
            throw new IllegalArgumentException("The action for the loss of " + lease.keys() + " must not be null");
        }
    }

    static @Nullable LockLost of(Lease lease) {
        if (lease instanceof LeaseInHand one) {
            return one.noticedLoss();
        }
        return lease instanceof KeysLease several ? several.noticedLoss() : null;
    }
}
