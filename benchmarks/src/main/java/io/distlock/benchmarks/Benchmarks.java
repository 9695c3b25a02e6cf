package io.distlock.benchmarks;

import io.distlock.benchmarks.server.RedisProbe;
import io.distlock.benchmarks.server.RedisUnderTest;
import io.distlock.benchmarks.subject.SubjectKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures distlock beside its peers: {@code java -jar benchmarks.jar --workloads W1,W3 --subjects raw,redisson}. */
public final class Benchmarks {

    private final Options options;

    private final Bench bench;

    private final StringBuilder markdown = new StringBuilder();

    private final List<String> csv = new ArrayList<>(List.of(LoopReport.CSV_HEADER));

    private Benchmarks(Options options, Bench bench) {
        this.options = options;
        this.bench = bench;
    }

    public static void main(String[] arguments) throws Exception {
        Options options;
        try {
            options = Options.parse(arguments);
            options.workloads().stream()
                    .filter(id -> !id.equals(Workload.LEASES))
                    .forEach(Workload::of);
        } catch (IllegalArgumentException ex) {
            System.err.println(ex.getMessage() + "\n\n" + Options.USAGE);
            System.exit(2);
            return;
        }
        try (RedisUnderTest redis = RedisUnderTest.start(options.redis());
                RedisProbe probe = new RedisProbe(redis.address())) {
            Benchmarks benchmarks = new Benchmarks(options, new Bench(redis.address(), probe));
            benchmarks.say("%s (%s), %s, workers with %s%n"
                    .formatted(
                            probe.version(),
                            redis.origin(),
                            Machine.text(),
                            String.join(" ", WorkerProcess.JVM_OPTIONS)));
            benchmarks.say(Versions.text() + "\n");
            benchmarks.say("`" + options.line() + "`\n");
            benchmarks.measure();
        }
    }

    private void measure() throws IOException, InterruptedException {
        double before = Machine.load();
        for (String id : this.options.workloads()) {
            if (id.equals(Workload.LEASES)) {
                say("## %s: %d leases, ttl 6 s, held %d s%n"
                        .formatted(
                                id, this.options.leases(), this.options.hold().toSeconds()));
                say(new Leases(this.options, this.bench).table());
            } else {
                loop(Workload.of(id));
            }
            save();
        }
        say("Load of the machine: %.1f before, %.1f after".formatted(before, Machine.load()));
        save();
    }

    private void loop(Workload workload) throws IOException, InterruptedException {
        say("## " + workload.id() + ": " + workload.text() + "\n");
        List<Crew> crews = new ArrayList<>();
        List<Outcome> outcomes = new ArrayList<>();
        try {
            for (SubjectKind subject : this.options.subjects()) {
                try {
                    Crew crew = new Crew(subject, workload, this.options, this.bench);
                    crews.add(crew);
                    crew.warmUp();
                } catch (IOException absent) {
                    say("FAULT: " + absent.getMessage() + "\n");
                }
            }
            for (int round = 0; round < this.options.rounds(); round++) {
                for (Crew crew : crews) {
                    outcomes.add(crew.turn(round));
                }
            }
        } finally {
            for (Crew crew : crews) {
                crew.close();
            }
        }
        LoopReport report = new LoopReport(workload, outcomes);
        say(report.table());
        if (this.options.out().isPresent()) {
            Path directory = Files.createDirectories(this.options.out().get());
            for (String picture : report.plot(directory)) {
                say("![%s](%s)%n".formatted(workload.id(), picture));
            }
        }
        report.csv().forEach(this.csv::add);
    }

    private void say(String text) {
        System.out.println(text);
        this.markdown.append(text).append('\n');
    }

    private void save() throws IOException {
        if (this.options.out().isPresent()) {
            Path directory = Files.createDirectories(this.options.out().get());
            Files.writeString(directory.resolve("results.md"), this.markdown);
            Files.write(directory.resolve("results.csv"), this.csv);
        }
    }
}
