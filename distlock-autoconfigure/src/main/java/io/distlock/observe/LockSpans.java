package io.distlock.observe;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of acquisitions and holds. Each is made when it is over and then says when it began: the holder to whom an
 * acquisition is linked is not known before, and links belong to the beginning of a span.
 */
public final class LockSpans implements TracingObservationHandler<LockObservationContext> {

    private final Tracer tracer;

    public LockSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public Tracer getTracer() {
        return this.tracer;
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
        return context instanceof LockObservationContext;
    }

    @Override
    public void onStart(LockObservationContext context) {
        context.put(
                Beginning.class,
                new Beginning(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), parent(context)));
    }

    /** Of a hold, that of its acquisition: it may begin on a thread of which nobody knows for whom it works. */
    private @Nullable Span parent(LockObservationContext context) {
        Span observed = getParentSpan(context);
        if (observed != null) {
            return observed;
        }
        LockObservationContext asking = context.asking();
        Beginning asked = asking == null ? null : asking.get(Beginning.class);
        return asked == null ? this.tracer.currentSpan() : asked.parent;
    }

    @Override
    public void onError(LockObservationContext context) {
        // the span that it belongs to is made when the observation stops
    }

    @Override
    public void onEvent(Observation.Event event, LockObservationContext context) {
        // as above; observations of locks have none
    }

    @Override
    public void onStop(LockObservationContext context) {
        Beginning beginning = context.getRequired(Beginning.class);
        Span.Builder builder = this.tracer
                .spanBuilder()
                .name(getSpanName(context))
                .startTimestamp(beginning.micros, TimeUnit.MICROSECONDS);
        if (beginning.parent == null) {
            builder.setNoParent();
        } else {
            builder.setParent(beginning.parent.context());
        }
        String holder = context.holderTrace();
        if (holder != null) {
            TraceParent.read(holder, this.tracer).ifPresent(trace -> builder.addLink(new Link(trace)));
        }
        Span span = builder.start();
        if (context.getError() != null) {
            span.error(context.getError());
        }
        tagSpan(context, span);
        span.end();
    }

    private record Beginning(long micros, @Nullable Span parent) {}
}
