package io.distlock.core;

import java.util.LinkedHashMap;
import java.util.Map;

/** Facts about a holder as one text beside its lock: lines of {@code name=value}, the instance first. */
final class Details {

    static final String INSTANCE = "instance";

    static final String THREAD = "thread";

    private final String start;

    private final Map<String, String> everywhere;

    /** @param everywhere facts about every holder; what a request says of the same name wins */
    Details(Instance instance, Map<String, String> everywhere) {
        this.everywhere = everywhere;
        this.start = INSTANCE + "=" + instance.readable() + "\n" + THREAD + "=";
    }

    String of(Thread thread, Map<String, String> metadata) {
        String text = this.start + escape(thread.getName());
        if (metadata.isEmpty() && this.everywhere.isEmpty()) {
            return text;
        }
        Map<String, String> facts = new LinkedHashMap<>(this.everywhere);
        facts.putAll(metadata);
        StringBuilder all = new StringBuilder(text);
        facts.forEach((name, value) ->
                all.append('\n').append(escape(name)).append('=').append(escape(value)));
        return all.toString();
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
