package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.StoreReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what one server says of itself with an eye to locks. */
final class RedisReport {

    private final Map<String, String> info = new HashMap<>();

    private final String publishRefused;

    private final int replicas;

    /** @param reply of {@link Script#REPORT} */
    RedisReport(List<Object> reply, DriverSettings settings) {
        reply.subList(0, 4)
                .forEach(section -> String.valueOf(section).lines().forEach(line -> {
                    int colon = line.indexOf(':');
                    if (colon > 0) {
                        this.info.put(line.substring(0, colon), line.substring(colon + 1));
                    }
                }));
        this.publishRefused = settings.messages() ? String.valueOf(reply.get(4)) : "";
        this.replicas = settings.replicas();
    }

    StoreReport of(String server) {
        return new StoreReport(server + ", " + facts(), concerns());
    }

    /** What it is, but for its name: the end of a sentence. */
    String facts() {
        if (this.info.isEmpty()) {
            return "which does not let this user ask for more (INFO)";
        }
        String version = this.info.containsKey("valkey_version")
                ? "Valkey " + this.info.get("valkey_version")
                : "version " + this.info.get("redis_version");
        return version + ", " + (isReplica() ? "a replica, " : "") + persistence() + ", maxmemory-policy "
                + this.info.get("maxmemory_policy");
    }

    private boolean isReplica() {
        return "slave".equals(this.info.get("role"));
    }

    private String persistence() {
        if ("1".equals(this.info.get("aof_enabled"))) {
            return "append-only file";
        }
        return takesSnapshots()
                ? "snapshots (RDB) and no append-only file, so a restart forgets who has taken locks since the last one"
                : "no append-only file, so a restart forgets who holds locks";
    }

    /** As far as its life so far shows it; its settings are told to administrators only. */
    private boolean takesSnapshots() {
        // before 7.0 only how long the last one took, which may also have been made for a replica
        boolean saved = this.info.containsKey("rdb_saves")
                ? !"0".equals(this.info.get("rdb_saves"))
                : !"-1".equals(this.info.getOrDefault("rdb_last_bgsave_time_sec", "-1"));
        return saved || !"0".equals(this.info.getOrDefault("rdb_last_load_keys_loaded", "0"));
    }

    List<String> concerns() {
        List<String> concerns = new ArrayList<>();
        if (isReplica()) {
            concerns.add(
                    "It is a replica and takes no locks: point spring.data.redis.* at the primary, or at Sentinel or"
                            + " Cluster.");
        }
        String policy = this.info.getOrDefault("maxmemory_policy", "noeviction");
        if (!policy.equals("noeviction") && !"0".equals(this.info.get("maxmemory"))) {
            concerns.add("When its memory is full it evicts keys, locks among them, and two callers may hold the same"
                    + " one: set maxmemory-policy to noeviction, or give locks a Redis of their own.");
        }
        if (!this.publishRefused.isEmpty()) {
            concerns.add("It refuses messages, so callers that wait ask every distlock.poll-interval instead of being"
                    + " woken: allow this user &<prefix>* +publish +subscribe (" + this.publishRefused + ").");
        }
        String copies = this.info.getOrDefault("connected_slaves", String.valueOf(this.replicas));
        if (Integer.parseInt(copies) < this.replicas) {
            concerns.add("It has " + copies + " replicas and 'wait-for-replica' asks for " + this.replicas
                    + ", so every lock is unavailable: connect more, or ask for fewer.");
        }
        return concerns;
    }
}
