package io.distlock;

/** A lease whose work is over when a thread is. For code that wraps calls. */
public interface BoundLease extends Lease {

    /** From here on it is renewed as long as that thread lives, and no longer; of several calls the last counts. */
    void endsWith(Thread worker);
}
