package io.distlock.observe;

import io.distlock.LockEvent;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/** One acquisition or one hold of a lock, as it is observed. */
public final class LockObservationContext extends Observation.Context {

    /** What is observed. */
    public enum Phase {
        /** From asking to the answer. */
        ACQUIRE,
        /** From the grant to the release or the loss. */
        HOLD
    }

    private final Phase phase;

    private final @Nullable LockObservationContext asking;

    private volatile LockEvent event;

    private volatile @Nullable String outcome;

    private volatile @Nullable String holderTrace;

    /** @param asking of a hold, the acquisition; null where nothing is known of it */
    LockObservationContext(Phase phase, LockEvent event, @Nullable LockObservationContext asking) {
        this.phase = phase;
        this.event = event;
        this.asking = asking;
    }

    @Nullable
    LockObservationContext asking() {
        return this.asking;
    }

    public Phase phase() {
        return this.phase;
    }

    /** The latest that was told of the lock. */
    public LockEvent event() {
        return this.event;
    }

    /** How it came out; null before it has. */
    public @Nullable String outcome() {
        return this.outcome;
    }

    /**
     * Of an acquisition that found the lock held: the trace of the work that held it, as W3C writes it in {@code
     * traceparent}; null where that work had none, or nothing was traced here.
     */
    public @Nullable String holderTrace() {
        return this.holderTrace;
    }

    void heldBy(String trace) {
        this.holderTrace = trace;
    }

    void end(LockEvent last, String how) {
        this.event = last;
        this.outcome = how;
    }
}
