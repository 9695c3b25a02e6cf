package io.distlock.core;

import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** One line in the log for each unusual fact, and none for what goes well. What comes in storms is said once. */
final class Remarks {

    private static final System.Logger LOG = System.getLogger(Remarks.class.getName());

    private static final long QUIET = Duration.ofSeconds(10).toNanos();

    private final String locker;

    private final AtomicBoolean silent = new AtomicBoolean();

    private final AtomicLong shedAgainAt = new AtomicLong(System.nanoTime());

    Remarks(String locker) {
        this.locker = locker;
    }

    /** The store has answered somebody. */
    void answered() {
        if (this.silent.get() && this.silent.compareAndSet(true, false)) {
            LOG.log(Level.INFO, "The store of the locker '" + this.locker + "' answers again");
        }
    }

    void refused(Demand demand, Set<String> keys, Duration waited, Reason reason) {
        if (reason == Reason.BUSY) {
            answered();
        }
        long now = System.nanoTime();
        long due = this.shedAgainAt.get();
        if (reason == Reason.SHED && now - due >= 0 && this.shedAgainAt.compareAndSet(due, now + QUIET)) {
            LOG.log(
                    Level.WARNING,
                    "Lock " + keys + " (" + demand.name() + ") is awaited by as many callers here as"
                            + " distlock.max-waiters allows; this one was sent away after "
                            + waited.truncatedTo(ChronoUnit.MILLIS)
                            + ", and others within 10 seconds are not logged");
        }
    }

    void unavailable(Demand demand, Set<String> keys, Duration waited, LockUnavailableException cause) {
        if (this.silent.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    cause.getMessage() + " (" + demand.name() + ", waited " + waited.truncatedTo(ChronoUnit.MILLIS)
                            + "). More of the locker '" + this.locker
                            + "' is not logged until its store answers again");
        }
    }

    void released(KeyLease lease, ReleaseOutcome outcome) {
        if (outcome == ReleaseOutcome.UNKNOWN) {
            LOG.log(
                    Level.WARNING,
                    "Lock " + lease.keys() + " was released after "
                            + lease.held().truncatedTo(ChronoUnit.MILLIS)
                            + ", but the store did not answer: its ttl ends it if the release did not " + of(lease));
        }
    }

    void lost(KeyLease lease, LockLost lost) {
        LOG.log(Level.WARNING, lost.describe() + " " + of(lease));
    }

    /** Which lease that is, and for how long it has been held. */
    static String held(KeyLease lease) {
        return "'" + lease.key() + "' (" + lease.demand().name() + ", fence " + lease.fencingToken() + ", "
                + lease.shownToken() + ", held " + lease.held().truncatedTo(ChronoUnit.MILLIS) + ")";
    }

    static String held(Holding holding) {
        KeyLease lease = holding.lease();
        return lease == null ? "'" + holding.hold().key().key() + "'" : held(lease);
    }

    private static String of(KeyLease lease) {
        return "(" + lease.demand().name() + ", fence " + lease.fencingToken() + ", " + lease.shownToken() + ")";
    }
}
