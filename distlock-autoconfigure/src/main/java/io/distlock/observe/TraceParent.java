package io.distlock.observe;

import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The trace context of a span as text, in the form of the header {@code traceparent} of W3C. */
final class TraceParent {

    private static final Pattern FORM =
            Pattern.compile("00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})");

    private static final Pattern TRACE_ID = Pattern.compile("(?!0+$)[0-9a-f]{1,32}");

    private static final Pattern SPAN_ID = Pattern.compile("(?!0+$)[0-9a-f]{1,16}");

    private static final String ZEROS = "0".repeat(32);

    private TraceParent() {}

    /** Empty for a span that is none, of whose ids nothing is there but zeros. */
    static Optional<String> of(TraceContext context) {
        String trace = context.traceId();
        String span = context.spanId();
        if (!TRACE_ID.matcher(trace).matches() || !SPAN_ID.matcher(span).matches()) {
            return Optional.empty();
        }
        String flags = Boolean.TRUE.equals(context.sampled()) ? "01" : "00";
        return Optional.of("00-" + padded(trace, 32) + "-" + padded(span, 16) + "-" + flags);
    }

    /** Empty for what is not of that form: anybody may have written it. */
    static Optional<TraceContext> read(String text, Tracer tracer) {
        Matcher parts = FORM.matcher(text);
        return parts.matches()
                ? Optional.of(tracer.traceContextBuilder()
                        .traceId(parts.group(1))
                        .spanId(parts.group(2))
                        .sampled((Integer.parseInt(parts.group(3), 16) & 1) == 1)
                        .build())
                : Optional.empty();
    }

    private static String padded(String id, int length) {
        return ZEROS.substring(0, length - id.length()) + id;
    }
}
