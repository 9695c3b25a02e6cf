package io.distlock;

import java.util.Optional;

/**
 * The leases under which the current thread runs: those of annotated methods, {@code execute} and {@code run}. A lease
 * that an annotated method took inside a transaction counts by its key until the transaction is over.
 */
public final class Leases {

    private Leases() {}

    /** The innermost lease; empty outside of any. */
    public static Optional<Lease> current() {
        return LeaseScope.current().map(LeaseScope::lease);
    }

    /** The innermost lease of this key, held or not; empty when this thread runs under none. */
    public static Optional<Lease> current(String key) {
        return LeaseScope.holding(key);
    }

    /**
     * For code that must only run under a lock.
     *
     * @throws IllegalStateException when this thread runs under no lease of the key
     * @throws LockLostException when it does, but the lease is no longer held
     */
    public static Lease requireHeld(String key) {
        Lease lease = LeaseScope.holding(key)
                .orElseThrow(
                        () -> new IllegalStateException(
                                "No lock '" + key
                                        + "' is held by the running call: annotate it with @DistributedLock, or call it in Locker.run"));
        lease.ensureHeld();
        return lease;
    }
}
