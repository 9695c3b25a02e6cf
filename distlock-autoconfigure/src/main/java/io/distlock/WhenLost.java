package io.distlock;

/** What happens to work whose lock is lost while it runs. In every case listeners and {@code onLost} are told. */
public enum WhenLost {

    /** As {@link #FAIL}, and the working thread is interrupted once while the work still runs. */
    INTERRUPT,

    /** Work that ends well without the lock fails with {@link LockLostException}. */
    FAIL,

    /** The result counts; the loss is only told. */
    REPORT
}
