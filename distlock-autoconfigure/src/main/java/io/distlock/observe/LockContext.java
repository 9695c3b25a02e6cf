package io.distlock.observe;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.ReleaseOutcome;
import java.util.List;
import org.slf4j.MDC;

/**
 * Keeps {@code distlock.key} and {@code distlock.fence} of the lock that a thread took last in its logging context until
 * that thread gives it back. A lock that another thread gives back, or that is lost, stays in the context until the thread
 * has to do with a lock again; one that was taken without a thread that waits is never there.
 */
public final class LockContext implements LockListener {

    private static final String KEY = "distlock.key";

    private static final String FENCE = "distlock.fence";

    private final ThreadHolds holds = new ThreadHolds();

    @Override
    public void onAsked(LockEvent event) {
        this.holds.asked(event);
    }

    @Override
    public void onTaken(LockEvent event) {
        if (this.holds.taken(event)) {
            show();
        }
    }

    @Override
    public void onReleased(LockEvent event, ReleaseOutcome outcome) {
        if (this.holds.ended(event)) {
            show();
        }
    }

    @Override
    public void onLost(LockEvent event, LockLost lost) {
        // its work still runs, and what it logs belongs to that lock
    }

    private void show() {
        List<LockEvent> held = this.holds.held();
        if (held.isEmpty()) {
            MDC.remove(KEY);
            MDC.remove(FENCE);
        } else {
            LockEvent last = held.get(held.size() - 1);
            MDC.put(KEY, String.join(" ", last.keys()));
            MDC.put(FENCE, Long.toString(last.fencingToken()));
        }
    }
}
