package io.distlock.benchmarks;

import io.distlock.benchmarks.board.Times;
import io.distlock.benchmarks.subject.SubjectKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rounds of one looping workload as a table of medians, and as one line a turn. */
final class LoopReport {

    static final String CSV_HEADER = "workload,subject,round,perSecond,jain,cycleP50Micros,waitP50Micros,waitP99Micros,"
            + "longestWaitSeconds,gapP50Micros,gaps,starved,requestsPerLock,commandsPerLock,idleRequestsPerSecond,"
            + "redisMicrosPerLock,clientMicrosPerLock,load,fault";

    private static final int ENOUGH_GAPS = 1000;

    private final Workload workload;

    private final List<Outcome> outcomes;

    private final Medians medians;

    LoopReport(Workload workload, List<Outcome> outcomes) {
        this.workload = workload;
        this.outcomes = outcomes;
        this.medians = new Medians(outcomes);
    }

    String table() {
        List<String> header = new ArrayList<>(List.of(
                "subject",
                "locks/s",
                "÷ " + this.workload.baseline(),
                "Jain",
                "cycle p50 µs",
                "calmest",
                "÷ " + this.workload.baseline(),
                "wait p50 ms",
                "p99 ms",
                "longest s",
                "requests/lock",
                "commands/lock",
                "Redis µs/lock",
                "client µs/lock"));
        if (this.workload.isHandOver()) {
            header.addAll(List.of("gap p50 µs", "gaps", "starved", "requests/s while held"));
        }
        Table table = new Table(header);
        this.medians.subjects().forEach(subject -> table.row(row(subject)));
        return table + faults();
    }

    private List<String> row(SubjectKind subject) {
        ToDoubleFunction<Outcome> cycle = outcome -> outcome.cycles().micros(0.5);
        double calmest =
                this.medians.of(subject).stream().mapToDouble(cycle).min().orElse(Double.NaN);
        List<String> row = new ArrayList<>();
        row.add(subject.label());
        row.add(median(subject, Outcome::perSecond));
        row.add(ratio(subject, Outcome::perSecond));
        row.add(median(subject, Outcome::jain));
        row.add(median(subject, cycle));
        row.add(Table.number(calmest));
        row.add(ratio(subject, cycle));
        row.add(median(subject, outcome -> outcome.waits().micros(0.5) / 1000));
        row.add(median(subject, outcome -> outcome.waits().micros(0.99) / 1000));
        row.add(median(subject, Outcome::longestWait));
        row.add(median(subject, Outcome::requests));
        row.add(median(subject, Outcome::commands));
        row.add(median(subject, Outcome::redisMicros));
        row.add(median(subject, Outcome::clientMicros));
        if (this.workload.isHandOver()) {
            Times gaps = new Times();
            this.medians.of(subject).forEach(outcome -> gaps.add(outcome.gaps()));
            row.add(gaps.count() < ENOUGH_GAPS ? "–" : Table.number(gaps.micros(0.5)));
            row.add(Long.toString(gaps.count()));
            row.add(median(subject, Outcome::starved));
            row.add(median(subject, Outcome::idleRequests));
        }
        return row;
    }

    private String median(SubjectKind subject, ToDoubleFunction<Outcome> value) {
        return Table.number(this.medians.median(subject, value));
    }

    private String ratio(SubjectKind subject, ToDoubleFunction<Outcome> value) {
        Optional<SubjectKind> baseline = this.medians.subjects().stream()
                .filter(kind -> kind.label().equals(this.workload.baseline()))
                .findFirst();
        return baseline.map(kind -> Table.number(this.medians.ratio(subject, kind, value)))
                .orElse("–");
    }

    /** One picture of speed, and where the lock changes hands one of how long that takes. */
    List<String> plot(Path directory) throws IOException {
        List<String> files = new ArrayList<>();
        files.add(plot("locks per second", Outcome::perSecond, directory, ""));
        if (this.workload.isHandOver()) {
            files.add(plot("µs from release to the next in another JVM", this::gap, directory, "-gap"));
        }
        return files;
    }

    private double gap(Outcome outcome) {
        return outcome.gaps().count() == 0 ? Double.NaN : outcome.gaps().micros(0.5);
    }

    private String plot(String unit, ToDoubleFunction<Outcome> value, Path directory, String suffix)
            throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        this.medians.subjects().forEach(subject -> values.put(subject.label(), this.medians.median(subject, value)));
        String file = this.workload.id().replace('/', '-') + suffix + ".svg";
        Plot.save(this.workload.id() + ": " + this.workload.text(), unit, values, directory.resolve(file));
        return file;
    }

    private String faults() {
        return this.outcomes.stream()
                .flatMap(outcome -> outcome.fault().stream()
                        .map(fault -> "FAULT: %s, round %d: %s%n"
                                .formatted(outcome.subject().label(), outcome.round(), fault)))
                .collect(Collectors.joining());
    }

    Stream<String> csv() {
        return this.outcomes.stream().map(outcome -> {
            Times waits = outcome.waits();
            return Stream.concat(
                            Stream.of(this.workload.id(), outcome.subject().label(), Integer.toString(outcome.round())),
                            Stream.concat(
                                    Stream.of(
                                                    outcome.perSecond(),
                                                    outcome.jain(),
                                                    outcome.cycles().micros(0.5),
                                                    waits.micros(0.5),
                                                    waits.micros(0.99),
                                                    outcome.longestWait(),
                                                    outcome.gaps().micros(0.5),
                                                    (double) outcome.gaps().count(),
                                                    (double) outcome.starved(),
                                                    outcome.requests(),
                                                    outcome.commands(),
                                                    outcome.idleRequests(),
                                                    outcome.redisMicros(),
                                                    outcome.clientMicros(),
                                                    outcome.load())
                                            .map(value -> String.format(Locale.ROOT, "%.3f", value)),
                                    Stream.of(outcome.fault().orElse("").replace(',', ';'))))
                    .collect(Collectors.joining(","));
        });
    }
}
