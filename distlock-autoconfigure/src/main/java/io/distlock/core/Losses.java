package io.distlock.core;

import io.distlock.Lease;
import io.distlock.LockLost;
import org.jspecify.annotations.Nullable;

/** Asks leases of this room whether they were lost, which a lease that was released in time was not. */
final class Losses {

    private Losses() {}

    static @Nullable LockLost of(Lease lease) {
        if (lease instanceof LeaseInHand one) {
            return one.noticedLoss();
        }
        return lease instanceof KeysLease several ? several.noticedLoss() : null;
    }
}
