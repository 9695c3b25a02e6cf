package io.distlock.aspect;

import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.LockLostException;
import io.distlock.WhenLost;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lease under which work goes on, whichever thread does it.
 *
 * @param locker name of the one that granted it
 * @param whenLost what its loss means for the work
 */
record HeldLease(Lease lease, String locker, WhenLost whenLost) {

    static HeldLease of(LeaseScope scope) {
        return new HeldLease(scope.lease(), scope.locker(), scope.whenLost());
    }

    LeaseScope open() {
        return LeaseScope.open(this.lease, this.locker, this.whenLost);
    }

    /** Why the lease is not held any more; null while it is, and where nobody wants to know. May wait for the store. */
    @Nullable
    LockLostException decisiveLoss() {
        return loss(LeaseScope::ensureHeld);
    }

    /** The same, as far as is known without asking. */
    @Nullable
    LockLostException apparentLoss() {
        return loss(Lease::ensureHeld);
    }

    private @Nullable LockLostException loss(Consumer<Lease> check) {
        if (this.whenLost == WhenLost.REPORT) {
            return null;
        }
        try {
            check.accept(this.lease);
            return null;
        } catch (LockLostException lost) {
            return lost;
        }
    }

    boolean covers(String key, String locker) {
        return this.locker.equals(locker) && this.lease.keys().contains(key);
    }
}
