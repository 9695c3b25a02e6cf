package io.distlock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Takes distributed locks: at most one {@link Lease} per key is valid at a time, over all instances that share a store;
 * or as many as all of their requests agree to ({@link LockRequest#shared()}, {@link LockRequest#permits(int)}).
 *
 * <p>Three answers are never mixed up: <em>busy</em> (an empty {@code Optional} or {@link LockNotAcquiredException}),
 * <em>unavailable</em> ({@link LockUnavailableException}: the store did not answer or refused) and <em>lost</em>
 * ({@link LockLostException}). A call returns within {@code waitFor} plus one command time-out.
 *
 * <p>What is promised holds while the store keeps its data and the clocks of store and client run at rates within one
 * per cent. A process that is paused between a check and a write outlives its lease unnoticed: where that matters, let
 * the resource check {@link Lease#fencingToken()}.
 *
 * <p>Not re-entrant: a second acquire of a key that is held waits like anybody else, even on the same thread. Safe for
 * use by any number of threads, virtual ones included.
 */
public interface Locker {

    /**
     * Waits for the lock as long as the request is ready to.
     *
     * @return the lease; empty when others hold the lock ({@code BUSY}) or too many wait here already ({@code SHED})
     * @throws LockNotAcquiredException when interrupted (the flag is restored) or closed
     * @throws LockUnavailableException when the store did not answer or refused
     * @throws IllegalArgumentException when the request asks for more than this locker allows
     */
    Optional<Lease> tryAcquire(LockRequest request);

    /**
     * As {@link #tryAcquire(LockRequest)}, but never without a lease.
     *
     * @throws LockNotAcquiredException when others hold the lock after the whole wait; it says who
     */
    Lease acquire(LockRequest request);

    /**
     * As {@link #acquire(LockRequest)}, without a thread that waits. The future completes on a thread of its own pool,
     * never on one that talks to the store; it fails with the exceptions of {@code acquire}. Cancelling this very future
     * leaves the line; a lease granted at that moment is given back.
     */
    CompletableFuture<Lease> acquireAsync(LockRequest request);

    /**
     * Runs {@code work} while holding the lock, and releases it whatever happens. Unless the request says otherwise,
     * work that ended well although the lock was lost meanwhile fails with {@link LockLostException}; an exception of the
     * work always wins, with the loss among its suppressed ones.
     */
    <T extends @Nullable Object, E extends Exception> T execute(LockRequest request, LockedWork<T, E> work) throws E;

    /** As {@link #execute(LockRequest, LockedWork)}, for work without a result. */
    <E extends Exception> void run(LockRequest request, LockedAction<E> action) throws E;

    /** Asks the store who holds the key and who waits; empty = nobody holds it. Old as soon as it is returned. */
    Optional<LockState> inspect(String key);

    /**
     * Releases a hold from any process that knows its token. The holder, if it still runs, hears of it at its next
     * renewal.
     */
    ReleaseOutcome release(String key, String token);

    /**
     * Sets how long the hold with this token lives in the store, counted from now, longer or shorter.
     *
     * @return whether the token still held the key
     */
    boolean extend(String key, String token, Duration ttl);

    /**
     * Goes on with a hold that was taken elsewhere. The earlier lease, if it is still renewed, may be told that it is
     * lost: agree on who goes on.
     *
     * @return the lease, renewed from here on; empty when the token does not hold the key
     */
    Optional<Lease> adopt(String key, String token, Duration ttl);

    /** {@link #tryAcquire(LockRequest)} with everything else as configured for this locker. */
    default Optional<Lease> tryAcquire(String key) {
        return tryAcquire(LockRequest.of(key));
    }

    /** {@link #acquire(LockRequest)} with everything else as configured for this locker. */
    default Lease acquire(String key) {
        return acquire(LockRequest.of(key));
    }

    /** {@link #execute(LockRequest, LockedWork)} with everything else as configured for this locker. */
    default <T extends @Nullable Object, E extends Exception> T execute(String key, LockedWork<T, E> work) throws E {
        return execute(LockRequest.of(key), work);
    }

    /** {@link #run(LockRequest, LockedAction)} with everything else as configured for this locker. */
    default <E extends Exception> void run(String key, LockedAction<E> action) throws E {
        run(LockRequest.of(key), action);
    }
}
