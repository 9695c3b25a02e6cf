package io.distlock.core;

import io.distlock.LockLost;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** The end of a locker. */
final class Closing {

    private static final System.Logger LOG = System.getLogger(Closing.class.getName());

    private static final int MOST_NAMED = 10;

    private final Desk desk;

    Closing(Desk desk) {
        this.desk = desk;
    }

    /**
     * Refuses whoever waits or comes, and gives what is held here time to come back. What does not is told lost, since
     * nobody renews it any more; its key stays for the ttl and protects the work that still runs.
     */
    void close(Duration grace) {
        this.desk.refuseFromNowOn();
        long end = System.nanoTime() + grace.toNanos();
        List<Holding> held = this.desk.here().held();
        while ((!held.isEmpty() || this.desk.isReturning())
                && System.nanoTime() - end < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, Ticker.SLICE);
            held = this.desk.here().held();
        }
        this.desk.desert();
        held = this.desk.here().held();
        if (!held.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "The locker '" + this.desk.settings().name()
                            + "' closes while locks are held; they end with their ttl: " + named(held));
            held.forEach(holding -> holding.line().lost(holding, LockLost.Reason.CLOSED));
        }
    }

    private static String named(List<Holding> held) {
        String first = held.stream().limit(MOST_NAMED).map(Remarks::held).collect(Collectors.joining(", "));
        return held.size() > MOST_NAMED ? first + " and " + (held.size() - MOST_NAMED) + " more" : first;
    }
}
