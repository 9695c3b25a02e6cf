package io.distlock;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A lock in the caller's hand. It is kept alive until it is released, lost, or older than its {@code maxHold}, and only
 * as long as the application can reach this object: keep it, or nobody can give the lock back.
 *
 * <p>What it says of itself costs no round trip and comes from this JVM's monotonic clock: a lease counts as held for
 * its ttl from the moment the last successful command was <em>sent</em>, less a margin for clock drift. So it ends here
 * before it ends in the store. When the machine has slept or its clock was set ahead, a lease counts as not held until
 * the store has confirmed it. Any thread may use it.
 */
public interface Lease extends AutoCloseable {

    /** The key; of several keys the first in byte order. */
    String key();

    /** All keys, in byte order. */
    Set<String> keys();

    /**
     * The text at the key that proves ownership. Whoever knows it can release the lock from anywhere, so a lease whose
     * token was read is never handed to another thread of this JVM without asking the store.
     *
     * @throws IllegalStateException when this lease has been released already and its hold lives on under another thread
     */
    String token();

    /**
     * A number that grows with every grant of the key, for the protected resource to check: it must refuse any number
     * smaller than one it has seen (see Kleppmann, "How to do distributed locking", 2016). Of several keys the largest.
     */
    long fencingToken();

    /**
     * The fencing token of one of the keys.
     *
     * @throws IllegalArgumentException when the key is not one of this lease's
     */
    long fencingToken(String key);

    /**
     * With how many holders at most, this one among them, the lock may be held: 1 = it is held alone,
     * {@link Integer#MAX_VALUE} = any number share it.
     */
    default int permits() {
        return 1;
    }

    /** What stands beside the lock for others to see, as {@link LockState#metadata()} shows it: the locker's facts, the request's. */
    default Map<String, String> metadata() {
        return Map.of();
    }

    /** How much longer this JVM may believe that it holds the lock unless renewed; zero when it does not. */
    Duration validity();

    /** Whether the lock is held, as far as this JVM may believe. */
    boolean isHeld();

    /**
     * Returns if the lock is held.
     *
     * @throws LockLostException when it is not held any more, for whatever reason
     */
    void ensureHeld();

    /**
     * Asks the store how long the hold lives unless renewed; empty = no longer ours.
     *
     * @throws LockUnavailableException when the store did not answer
     */
    Optional<Duration> ttl();

    /**
     * Sets the ttl, counted from now, longer or shorter; renewals use it from here on.
     *
     * @return false = lost, for good
     * @throws LockUnavailableException when the store did not answer. The lease is held as before if the store never got the
     *     command; otherwise it may still arrive, so the lease goes on in steps no longer than this ttl
     */
    boolean extend(Duration ttl);

    /**
     * Gives the lock back. Never throws for a store that is away, and returns within one command time-out. A second call
     * returns the first outcome and asks nothing.
     */
    ReleaseOutcome release();

    /**
     * Calls {@code action} once when the lease is lost, on a thread of its own; at once if it is lost already. Not called
     * for a lease that was released before.
     */
    void onLost(Consumer<LockLost> action);

    /** Releases without complaint; look at {@link #release()} for the outcome. */
    @Override
    void close();
}
