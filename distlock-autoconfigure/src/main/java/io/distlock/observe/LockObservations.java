package io.distlock.observe;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.observe.LockObservationContext.Phase;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Observes acquisitions and holds, each a child of what the asking thread was doing. Neither becomes the current
 * observation of a thread: leases may end in any order, and on other threads.
 */
public final class LockObservations implements LockListener {

    private static final LockObservationConvention ACQUIRE = new DefaultLockObservationConvention(Phase.ACQUIRE);

    private static final LockObservationConvention HOLD = new DefaultLockObservationConvention(Phase.HOLD);

    private final ObservationRegistry registry;

    private final List<LockObservationConvention> conventions;

    private final Map<Long, Running> acquiring = new ConcurrentHashMap<>();

    private final Map<Long, Running> holding = new ConcurrentHashMap<>();

    /** @param conventions instead of the default ones */
    public LockObservations(ObservationRegistry registry, List<LockObservationConvention> conventions) {
        this.registry = registry;
        this.conventions = List.copyOf(conventions);
    }

    @Override
    public void onAsked(LockEvent event) {
        if (!this.registry.isNoop()) {
            this.acquiring.put(event.id(), start(Phase.ACQUIRE, event, null));
        }
    }

    @Override
    public void onTaken(LockEvent event) {
        Running asked = this.acquiring.remove(event.id());
        if (asked != null) {
            asked.end(event, Outcome.ACQUIRED.tag(), null);
        }
        if (!this.registry.isNoop()) {
            this.holding.put(event.id(), start(Phase.HOLD, event, asked));
        }
    }

    @Override
    public void onRefused(LockEvent event, Reason reason) {
        answered(event, Outcome.of(reason), null);
    }

    @Override
    public void onUnavailable(LockEvent event, LockUnavailableException cause) {
        answered(event, Outcome.UNAVAILABLE, cause);
    }

    @Override
    public void onCancelled(LockEvent event) {
        answered(event, Outcome.CANCELLED, null);
    }

    @Override
    public void onReleased(LockEvent event, ReleaseOutcome outcome) {
        ended(event, outcome.name().toLowerCase(Locale.ROOT), null);
    }

    @Override
    public void onLost(LockEvent event, LockLost lost) {
        ended(event, Outcome.LOST.tag(), new LockLostException(lost));
    }

    /** Who asked found the lock held by work of that trace. */
    void heldBy(LockEvent event, String trace) {
        Running asked = this.acquiring.get(event.id());
        if (asked != null) {
            asked.context.heldBy(trace);
        }
    }

    private void answered(LockEvent event, Outcome outcome, @Nullable Throwable error) {
        Running asked = this.acquiring.remove(event.id());
        if (asked != null) {
            asked.end(event, outcome.tag(), error);
        }
    }

    private void ended(LockEvent event, String outcome, @Nullable Throwable error) {
        Running held = this.holding.remove(event.id());
        if (held != null) {
            held.end(event, outcome, error);
        }
    }

    /** @param asked whose parent is this one's too; null where nothing is known of the asking */
    private Running start(Phase phase, LockEvent event, @Nullable Running asked) {
        LockObservationContext context = new LockObservationContext(phase, event, asked == null ? null : asked.context);
        LockObservationConvention replaced = this.conventions.stream()
                .filter(convention -> convention.supportsContext(context))
                .findFirst()
                .orElse(null);
        Observation observation = Observation.createNotStarted(
                replaced, phase == Phase.ACQUIRE ? ACQUIRE : HOLD, () -> context, this.registry);
        if (asked != null && asked.context.getParentObservation() != null) {
            context.setParentObservation(asked.context.getParentObservation());
        }
        return new Running(observation.start(), context);
    }

    private record Running(Observation observation, LockObservationContext context) {

        void end(LockEvent last, String outcome, @Nullable Throwable error) {
            this.context.end(last, outcome);
            if (error != null) {
                this.observation.error(error);
            }
            this.observation.stop();
        }
    }
}
