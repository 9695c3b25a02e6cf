package io.distlock.aspect;

import io.distlock.Lease;
import io.distlock.LockRequest;

/** Whether a lease under which a call is made is as good as the one that it asks for. */
final class Reentry {

    private Reentry() {}

    /**
     * Who holds a lock alone, or with no more others than are asked for, need not ask.
     *
     * @return false when the call needs a lease of its own
     * @throws IllegalStateException when that would wait for the end of the very call that is under way
     */
    static boolean serves(Lease held, String key, LockRequest request) {
        if (held.permits() <= request.permits()) {
            return true;
        }
        if (request.permits() == 1) {
            throw new IllegalStateException(
                    "Lock '" + key + "' is shared by this very call, and wanted alone inside of it:"
                            + " that would wait for itself, since a shared lock does not turn into an exclusive one. Want it alone"
                            + " outside already, or call the inner method when the outer one has returned");
        }
        return false;
    }
}
