package io.distlock.redis;

import io.distlock.driver.StoreReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the servers of a cluster say of themselves, in one sentence; each may be set up differently. */
final class ClusterReport {

    private final Map<String, List<String>> namesByFacts = new LinkedHashMap<>();

    private final Map<String, List<String>> namesByConcern = new LinkedHashMap<>();

    private int servers;

    void add(String name, RedisReport report) {
        this.servers++;
        this.namesByFacts
                .computeIfAbsent(report.facts(), any -> new ArrayList<>())
                .add(name);
        report.concerns()
                .forEach(concern -> this.namesByConcern
                        .computeIfAbsent(concern, any -> new ArrayList<>())
                        .add(name));
    }

    void addSilent(String name, String reason) {
        this.servers++;
        this.namesByConcern.put("It does not say what it is: " + reason + ".", List.of(name));
    }

    StoreReport of(String cluster) {
        List<String> facts = new ArrayList<>();
        this.namesByFacts.forEach(
                (fact, names) -> facts.add(isAll(names) ? fact : String.join(" and ", names) + ": " + fact));
        List<String> concerns = new ArrayList<>();
        this.namesByConcern.forEach((concern, names) ->
                concerns.add(isAll(names) ? concern : "Of " + String.join(" and ", names) + ": " + concern));
        return new StoreReport(cluster + " of " + this.servers + " masters, " + String.join("; ", facts), concerns);
    }

    private boolean isAll(List<String> names) {
        return names.size() == this.servers;
    }
}
