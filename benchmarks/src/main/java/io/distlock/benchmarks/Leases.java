package io.distlock.benchmarks;

import io.distlock.benchmarks.server.RedisProbe.Work;
import io.distlock.benchmarks.server.WireCount;
import io.distlock.benchmarks.subject.SubjectKind;
import io.distlock.benchmarks.worker.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** W6: what it costs to keep many locks alive. */
final class Leases {

    /** lock4j starts a thread for each. */
    private static final int ONE_THREAD_EACH = 1000;

    /** Some delete behind the caller's back. */
    private static final long SETTLING_MILLIS = 1000;

    private final Map<String, Double> requestsPerSecond = new LinkedHashMap<>();

    private final Options options;

    private final Bench bench;

    Leases(Options options, Bench bench) {
        this.options = options;
        this.bench = bench;
    }

    String table() throws IOException, InterruptedException {
        Table table = new Table(List.of(
                "subject",
                "leases",
                "requests/s",
                "commands/s",
                "Redis CPU %",
                "client CPU %",
                "threads",
                "lost",
                "keys left"));
        for (SubjectKind subject : this.options.subjects()) {
            if (subject.keepsAlive()) {
                table.row(row(subject));
            }
        }
        return table.toString();
    }

    /** Two thirds of the time for processor time and commands, one third for requests on the wire. */
    private List<String> row(SubjectKind subject) throws IOException, InterruptedException {
        int leases = subject == SubjectKind.LOCK4J
                ? Math.min(ONE_THREAD_EACH, this.options.leases())
                : this.options.leases();
        try (WorkerProcess worker = WorkerProcess.start(
                Workload.LEASES, subject, this.bench.redis(), Path.of("-"), 0, this.options.jvmOptions())) {
            worker.answer();
            String taken = worker.ask("take " + leases);
            if (!taken.equals("ok")) {
                return List.of(subject.label(), taken, "", "", "", "", "", "", "");
            }
            long third = this.options.hold().toMillis() / 3;
            Work before = this.bench.probe().read();
            double cpuBefore = worker.cpu().toNanos();
            long start = System.nanoTime();
            Thread.sleep(2 * third);
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpu = (worker.cpu().toNanos() - cpuBefore) / 1e9;
            Work work = this.bench.probe().read().since(before);
            double requests = countRequests(third);
            this.requestsPerSecond.put(subject.label(), requests);
            String threads = worker.ask("threads");
            String lost = worker.ask("give");
            Thread.sleep(SETTLING_MILLIS);
            return List.of(
                    subject.label(),
                    Integer.toString(leases),
                    Table.number(requests),
                    Table.number(work.commands() / seconds),
                    Table.number(100 * work.cpuSeconds() / seconds),
                    Table.number(100 * cpu / seconds),
                    threads,
                    lost,
                    Long.toString(keysLeft(subject)));
        }
    }

    /** Of what the table was made of. */
    List<String> plot(Path directory) throws IOException {
        String file = Workload.LEASES + ".svg";
        String title = "%s: %,d leases renewed".formatted(Workload.LEASES, this.options.leases());
        Plot.save(title, "requests per second", this.requestsPerSecond, directory.resolve(file));
        return List.of(file);
    }

    private double countRequests(long millis) throws IOException, InterruptedException {
        try (WireCount wire = new WireCount(this.bench.redis())) {
            Thread.sleep(millis);
            return wire.stop() * 1000.0 / millis;
        }
    }

    /** Subjects put prefixes of their own before the key, so look for it in the middle; records are no lock keys. */
    private long keysLeft(SubjectKind subject) throws IOException {
        return this.bench.probe().keys("*" + Worker.keyPrefix(Workload.LEASES, subject), "~rec:");
    }
}
