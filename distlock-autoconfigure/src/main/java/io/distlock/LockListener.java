package io.distlock;

/**
 * Hears of locks taken, refused, released and lost. Define beans; each locker tells all of them.
 *
 * <p>Called on the thread that locks, except {@link #onLost}, which arrives on a thread of its own. A listener that
 * throws is logged and ignored: it can neither prevent a release nor hide a result.
 */
public interface LockListener {

    /** A lease was granted. */
    default void onTaken(LockEvent event) {}

    /** A lease was not granted although the store answered. */
    default void onRefused(LockEvent event, LockNotAcquiredException.Reason reason) {}

    /** The store did not answer, or refused. */
    default void onUnavailable(LockEvent event, LockUnavailableException cause) {}

    /** A lease was given back by its holder. */
    default void onReleased(LockEvent event, ReleaseOutcome outcome) {}

    /** A lease ended before it was given back; told once per lease. */
    default void onLost(LockLost lost) {}
}
