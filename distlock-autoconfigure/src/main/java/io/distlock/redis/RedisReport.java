package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.StoreReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what a server says of itself with an eye to locks. */
final class RedisReport {

    private RedisReport() {}

    /** @param reply of {@link Script#REPORT} */
    static StoreReport of(String server, List<Object> reply, DriverSettings settings) {
        Map<String, String> info = new HashMap<>();
        reply.subList(0, 4)
                .forEach(section -> String.valueOf(section).lines().forEach(line -> {
                    int colon = line.indexOf(':');
                    if (colon > 0) {
                        info.put(line.substring(0, colon), line.substring(colon + 1));
                    }
                }));
        return new StoreReport(
                facts(server, info),
                concerns(info, settings.messages() ? String.valueOf(reply.get(4)) : "", settings.replicas()));
    }

    private static String facts(String server, Map<String, String> info) {
        if (info.isEmpty()) {
            return server + ", which does not let this user ask for more (INFO)";
        }
        String version = info.containsKey("valkey_version")
                ? "Valkey " + info.get("valkey_version")
                : "version " + info.get("redis_version");
        boolean aof = "1".equals(info.get("aof_enabled"));
        return server + ", " + version + ", "
                + (aof ? "append-only file" : "no append-only file, so a restart forgets who holds locks")
                + ", maxmemory-policy " + info.get("maxmemory_policy");
    }

    private static List<String> concerns(Map<String, String> info, String publishRefused, int replicas) {
        List<String> concerns = new ArrayList<>();
        String policy = info.getOrDefault("maxmemory_policy", "noeviction");
        if (!policy.equals("noeviction") && !"0".equals(info.get("maxmemory"))) {
            concerns.add("When its memory is full it evicts keys, locks among them, and two callers may hold the same"
                    + " one: set maxmemory-policy to noeviction, or give locks a Redis of their own.");
        }
        if (!publishRefused.isEmpty()) {
            concerns.add("It refuses messages, so callers that wait ask every distlock.poll-interval instead of being"
                    + " woken: allow this user &<prefix>* +publish +subscribe (" + publishRefused + ").");
        }
        String copies = info.getOrDefault("connected_slaves", String.valueOf(replicas));
        if (Integer.parseInt(copies) < replicas) {
            concerns.add("It has " + copies + " replicas and 'wait-for-replica' asks for " + replicas
                    + ", so every lock is unavailable: connect more, or ask for fewer.");
        }
        return concerns;
    }
}
