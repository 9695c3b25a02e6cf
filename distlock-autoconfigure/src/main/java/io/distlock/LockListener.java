package io.distlock;

/**
 * Hears of locks asked for, taken, refused, released, renewed and lost. Define beans; each locker tells all of them.
 *
 * <p>Called on the thread that locks, except {@link #onLost} and {@link #onRenewals}, which arrive on a thread of the
 * listener's own, one after the other. A listener that throws is logged and ignored: it can neither prevent a release nor
 * hide a result; one that is slow keeps nobody waiting but the thread that locks. A request for several keys is told of
 * key by key.
 */
public interface LockListener {

    /**
     * Somebody asks for a lease. One of {@link #onTaken}, {@link #onRefused}, {@link #onUnavailable} and {@link
     * #onCancelled} follows, for {@code acquireAsync} on another thread.
     */
    default void onAsked(LockEvent event) {}

    /** A lease was granted. */
    default void onTaken(LockEvent event) {}

    /** A lease was not granted although the store answered. */
    default void onRefused(LockEvent event, LockNotAcquiredException.Reason reason) {}

    /** The store did not answer, or refused. */
    default void onUnavailable(LockEvent event, LockUnavailableException cause) {}

    /** Who asked by {@code acquireAsync} does not want the lease any more, or a {@link TokenGenerator} failed. */
    default void onCancelled(LockEvent event) {}

    /** Work that asked for a lock runs without it, since the store did not answer and the work allows that. */
    default void onProceeded(LockEvent event, LockUnavailableException cause) {}

    /** A lease was given back by its holder. */
    default void onReleased(LockEvent event, ReleaseOutcome outcome) {}

    /** A lease ended before it was given back; told once per lease. */
    default void onLost(LockEvent event, LockLost lost) {
        onLost(lost);
    }

    /** As {@link #onLost(LockEvent, LockLost)}, for listeners to whom all lockers are the same. */
    default void onLost(LockLost lost) {}

    /** Renewals were sent. */
    default void onRenewals(RenewalRound round) {}
}
