package io.distlock.observe;

import io.distlock.LockEvent;
import io.distlock.LockTracing;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.util.Optional;

/** Leads from who waits to the span in which the holder asked for the lock, over {@link LockSpans}. */
public final class HolderLinks implements LockTracing {

    private final Tracer tracer;

    private final LockObservations observations;

    public HolderLinks(Tracer tracer, LockObservations observations) {
        this.tracer = tracer;
        this.observations = observations;
    }

    @Override
    public Optional<String> current() {
        Span span = this.tracer.currentSpan();
        return span == null ? Optional.empty() : TraceParent.of(span.context());
    }

    @Override
    public void heldBy(LockEvent event, String trace) {
        this.observations.heldBy(event, trace);
    }
}
