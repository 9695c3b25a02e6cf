package io.distlock.aspect;

import io.distlock.Lease;

/** A lease under which several calls work, none of which knows who ends last: the last one gives it back. */
final class SharedHold {

    private final Lease lease;

    private int working = 1;

    /** With one who works already. */
    SharedHold(Lease lease) {
        this.lease = lease;
    }

    Lease lease() {
        return this.lease;
    }

    /** Whether the lease has not been given back; if so, {@link #leave()} is owed. */
    synchronized boolean enter() {
        if (this.working == 0) {
            return false;
        }
        this.working++;
        return true;
    }

    /** Whether the last one has left, and the lease must be released. */
    synchronized boolean leave() {
        this.working--;
        return this.working == 0;
    }
}
