package io.distlock.core;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Renewals that fail, one after the other, until the last of them is renewed again or over: logged once. */
final class RenewalTrouble {

    private static final System.Logger LOG = System.getLogger(RenewalTrouble.class.getName());

    /** At least so long after one series of failures the next one is not logged. */
    private static final long QUIET = Duration.ofSeconds(10).toNanos();

    /** Those whose last renewal failed, whoever else is renewed well. */
    private final Set<Holding> failing = ConcurrentHashMap.newKeySet();

    /** Whether the series has been logged. */
    private final AtomicBoolean told = new AtomicBoolean();

    private volatile long toldAt = System.nanoTime() - QUIET;

    void began(Holding holding, @Nullable Throwable failure) {
        this.failing.add(holding);
        if (holding.isOver()) {
            ended(holding);
        }
        long now = System.nanoTime();
        if (now - this.toldAt >= QUIET && this.told.compareAndSet(false, true)) {
            this.toldAt = now;
            LOG.log(
                    Level.WARNING,
                    "Renewals fail, and are tried again as long as their locks may be believed in. First that of "
                            + Remarks.held(holding) + ": "
                            + StoreCalls.trouble(failure).getMessage());
        }
    }

    /** It was renewed again, or is over. */
    void ended(Holding holding) {
        if (this.failing.remove(holding) && this.failing.isEmpty()) {
            this.told.set(false);
        }
    }
}
