package io.distlock.core;

import io.distlock.LeaseScope;
import io.distlock.driver.Claim;
import java.util.LinkedHashMap;
import java.util.Map;

/** Facts about a holder as one text beside its lock: lines of {@code name=value}, the instance first. */
final class Details {

    static final String INSTANCE = "instance";

    static final String THREAD = "thread";

    static final String NAME = "name";

    static final String HOLDS = "holds";

    /** With how many holders at most a shared lock is held. */
    static final String PERMITS = "permits";

    /** So many of the locks are told under which a caller works that asks for another. */
    private static final int MOST_HELD = 8;

    private final String start;

    private final Map<String, String> everywhere;

    /** @param everywhere facts about every holder; what a request says of the same name wins */
    Details(Instance instance, Map<String, String> everywhere) {
        this.everywhere = everywhere;
        this.start = INSTANCE + "=" + instance.readable() + "\n" + THREAD + "=";
    }

    /** @param name of the lock that the current thread asks for */
    String of(String name, Map<String, String> metadata) {
        String text = this.start + escape(Thread.currentThread().getName()) + "\n" + NAME + "=" + escape(name);
        if (!LeaseScope.isNone()) {
            text += "\n" + HOLDS + "=" + escape(String.join("\t", LeaseScope.held(MOST_HELD)));
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

    /** @param permits of one who does not hold the lock alone */
    String ofSharer(String name, Map<String, String> metadata, int permits) {
        Map<String, String> facts = new LinkedHashMap<>(metadata);
        facts.put(PERMITS, permits == Claim.ANY_NUMBER ? "any" : Integer.toString(permits));
        return of(name, facts);
    }

    static Map<String, String> parse(String text) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                facts.put(unescape(line.substring(0, equals)), unescape(line.substring(equals + 1)));
            }
        }
        return facts;
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
