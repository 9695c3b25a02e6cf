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

    /** Of the lock in the current thread's context; also of one that was lost, and may never be given back. */
    private final ThreadLocal<Long> shown = new ThreadLocal<>();

    @Override
    public void onAsked(LockEvent event) {
        this.holds.asked(event);
        if (this.shown.get() != null) {
            show();
        }
    }

    @Override
    public void onTaken(LockEvent event) {
        if (this.holds.taken(event)) {
            show();
        }
    }

    @Override
    public void onReleased(LockEvent event, ReleaseOutcome outcome) {
        if (this.holds.ended(event) || Long.valueOf(event.id()).equals(this.shown.get())) {
            show();
        }
    }

    /** Its work still runs, and what it logs belongs to that lock: until its thread has to do with a lock again. */
    @Override
    public void onLost(LockEvent event, LockLost lost) {
        this.holds.ended(event);
    }

    private void show() {
        List<LockEvent> held = this.holds.held();
        if (held.isEmpty()) {
            this.shown.remove();
            MDC.remove(KEY);
            MDC.remove(FENCE);
        } else {
            LockEvent last = held.get(held.size() - 1);
            this.shown.set(last.id());
            MDC.put(KEY, String.join(" ", last.keys()));
            MDC.put(FENCE, Long.toString(last.fencingToken()));
        }
    }
}
