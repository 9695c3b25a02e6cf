package io.distlock.core;

import io.distlock.LockTracing;
import io.distlock.driver.Claim;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Facts about a holder as one text beside its lock: lines of {@code name=value}, the instance first. */
final class Details {

    static final String INSTANCE = "instance";

    /** Of the instance, what tells it from others of the same name: with it, messages find it. */
    private static final String INBOX = "~inbox";

    private static final Pattern START = Pattern.compile(INSTANCE + "=([^\n]*)\n" + INBOX + "=([^\n]*)\n");

    static final String THREAD = "thread";

    static final String NAME = "name";

    private static final String METHOD = "method";

    /** Which of several stores are held, as those who were refused are told. */
    static final String NODES = "nodes";

    static final String HOLDS = "holds";

    /** With how many holders at most a shared lock is held. */
    static final String PERMITS = "permits";

    private static final String TRACE = "traceparent";

    private static final int LONGEST_TRACE = 128;

    private static final int LATELY = 128;

    private static final String BEFORE_NAME = "\n" + NAME + "=";

    private static final String BEFORE_METHOD = "\n" + METHOD + "=";

    private final String start;

    private final Map<String, String> everywhere;

    private final @Nullable LockTracing tracing;

    /** What was said lately, each at the place of its thread and name: most who lock come again. */
    private final @Nullable Caller[] lately = new Caller[LATELY];

    /** @param everywhere facts about every holder; what a request says of the same name wins */
    Details(Instance instance, Map<String, String> everywhere, @Nullable LockTracing tracing) {
        this.everywhere = everywhere;
        this.tracing = tracing;
        this.start =
                INSTANCE + "=" + instance.readable() + "\n" + INBOX + "=" + instance.random() + "\n" + THREAD + "=";
    }

    /**
     * @param name of the lock that the current thread asks for
     * @param method in which it asks; null = it said none
     */
    String of(String name, @Nullable String method, Map<String, String> metadata) {
        String text = caller(Thread.currentThread().getName(), name, method);
        if (this.tracing != null) {
            text += trace(this.tracing);
        }
        if (metadata.isEmpty() && this.everywhere.isEmpty()) {
            return text;
        }
        Map<String, String> facts = new LinkedHashMap<>(this.everywhere);
        facts.putAll(metadata);
        StringBuilder all = new StringBuilder(text);
        facts.forEach((fact, value) ->
                all.append('\n').append(escape(fact)).append('=').append(escape(value)));
        return all.toString();
    }

    private String caller(String thread, String name, @Nullable String method) {
        int place = Math.floorMod(31 * thread.hashCode() + name.hashCode(), LATELY);
        Caller known = this.lately[place];
        if (known != null && known.is(thread, name, method)) {
            return known.text;
        }
        String text = this.start + escape(thread) + BEFORE_NAME + escape(name);
        text = method == null ? text : text + BEFORE_METHOD + escape(method);
        this.lately[place] = new Caller(thread, name, method, text);
        return text;
    }

    /** Who asks, and how that is said. Its texts are the very ones that come again, so that to compare them costs nothing. */
    private record Caller(
            String thread, String name, @Nullable String method, String text) {

        boolean is(String thread, String name, @Nullable String method) {
            return this.thread.equals(thread) && this.name.equals(name) && Objects.equals(this.method, method);
        }
    }

    /** @param permits of one who does not hold the lock alone */
    String ofSharer(String name, @Nullable String method, Map<String, String> metadata, int permits) {
        Map<String, String> facts = new LinkedHashMap<>(metadata);
        facts.put(PERMITS, permits == Claim.ANY_NUMBER ? "any" : Integer.toString(permits));
        return of(name, method, facts);
    }

    private static String trace(LockTracing tracing) {
        String[] found = {""};
        Tellers.quietly(() -> tracing.current()
                .filter(trace -> trace.length() <= LONGEST_TRACE)
                .ifPresent(trace -> found[0] = "\n" + TRACE + "=" + escape(trace)));
        return found[0];
    }

    /** What follows the facts about somebody who holds these locks. */
    static String holding(List<String> locks) {
        return "\n" + HOLDS + "=" + escape(String.join("\t", locks));
    }

    /** The trace of the work that asked for the lock; null = it said none. */
    static @Nullable String trace(String text) {
        return parse(text).get(TRACE);
    }

    static Map<String, String> parse(String text) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                facts.put(unescape(line.substring(0, equals)), unescape(line.substring(equals + 1)));
            }
        }
        facts.remove(INBOX);
        return facts;
    }

    /** The id of the instance that wrote it; empty where no instance of ours did. */
    static Optional<String> writer(String text) {
        Matcher start = START.matcher(text);
        return start.lookingAt() ? Optional.of(new Instance(start.group(1), start.group(2)).id()) : Optional.empty();
    }

    private static String escape(String text) {
        if (text.indexOf('\n') < 0 && text.indexOf('=') < 0 && text.indexOf('%') < 0) {
            return text;
        }
        return text.replace("%", "%25").replace("=", "%3D").replace("\n", "%0A");
    }

    private static String unescape(String text) {
        return text.replace("%0A", "\n").replace("%3D", "=").replace("%25", "%");
    }
}
