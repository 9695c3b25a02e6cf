package io.distlock.core;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Says once of a lease why it is not renewed any more although its holder has not given it back, and where that stands. */
final class HolderReport {

    private static final System.Logger LOG = System.getLogger(HolderReport.class.getName());

    private HolderReport() {}

    static void of(KeyLease lease, long now) {
        if (lease.wantsRenewal() && lease.report()) {
            LOG.log(
                    Level.WARNING,
                    "Lock " + Remarks.held(lease) + " is not renewed any more and ends with its ttl: "
                            + reason(lease, now),
                    where(lease.worker()));
        }
    }

    private static String reason(KeyLease lease, long now) {
        if (lease.isForgotten()) {
            return "nothing refers to its lease, so nobody can give it back. Keep the Lease until it is closed";
        }
        if (lease.isOrphaned()) {
            return "the thread that worked under it has died without giving it back";
        }
        return "it has been held for " + Duration.ofNanos(now - lease.since()).truncatedTo(ChronoUnit.MILLIS)
                + ", longer than its max-hold of "
                + Duration.ofNanos(lease.demand().maxHold());
    }

    /** Where the thread that took it stands now. */
    private static @Nullable Throwable where(@Nullable Thread worker) {
        if (worker == null || !worker.isAlive()) {
            return null;
        }
        Throwable where = new Throwable("Where thread '" + worker.getName() + "' stands, " + worker.getState());
        where.setStackTrace(worker.getStackTrace());
        return where;
    }
}
