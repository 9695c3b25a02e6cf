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
            options.workloads().stream().filter(Workload::isLoop).forEach(Workload::of);
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
            switch (id) {
                case Workload.LEASES -> leases();
                case Workload.GROWTH -> growth();
                case Workload.LIMIT -> limit();
                case Workload.IDLE -> idle();
                default -> loop(Workload.of(id));
            }
            save();
        }
        say("Load of the machine: %.1f before, %.1f after".formatted(before, Machine.load()));
        save();
    }

    private void leases() throws IOException, InterruptedException {
        say("## %s: %d leases, ttl 6 s, held %d s%n"
                .formatted(
                        Workload.LEASES,
                        this.options.leases(),
                        this.options.hold().toSeconds()));
        Leases leases = new Leases(this.options, this.bench);
        say(leases.table());
        show(leases::plot);
    }

    private void growth() throws IOException, InterruptedException {
        say("## growth: distlock with its defaults, ttl 10 s, each line over %d s%n"
                .formatted(this.options.time().toSeconds()));
        GrowthReport report = new GrowthReport(new Growth(this.options, this.bench).steps());
        say(report.table());
        show(report::plot);
    }

    private void limit() throws IOException, InterruptedException {
        say("## limit: commands of locks, by the hundred, over two sockets\n");
        say(new Limit(this.options, this.bench).table());
    }

    private void idle() throws IOException, InterruptedException {
        say("## idle: scripts of a Redis that has had nothing to do before\n");
        say(Idle.table(this.options, this.bench));
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
        show(report::plot);
        report.csv().forEach(this.csv::add);
    }

    private interface Pictures {

        List<String> save(Path directory) throws IOException;
    }

    private void show(Pictures pictures) throws IOException {
        if (this.options.out().isPresent()) {
            for (String file :
                    pictures.save(Files.createDirectories(this.options.out().get()))) {
                say("![%s](%s)%n".formatted(file.replace(".svg", ""), file));
            }
        }
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
