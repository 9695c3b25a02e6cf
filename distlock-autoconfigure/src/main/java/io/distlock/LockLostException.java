package io.distlock;

/** A lock ended before the work under it did, so the work may have overlapped with somebody else's. */
public final class LockLostException extends LockException {

    private final LockLost loss;

    public LockLostException(LockLost loss) {
        super(
                loss.keys(),
                loss.describe() + ". Check what was written, or let the resource check the fencing token",
                null);
        this.loss = loss;
    }

    /** What is known of the loss. */
    public LockLost loss() {
        return this.loss;
    }
}
