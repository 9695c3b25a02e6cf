package io.distlock.benchmarks.worker;

import io.distlock.benchmarks.Workload;
import io.distlock.benchmarks.server.RedisAddress;
import io.distlock.benchmarks.subject.Fleet;
import io.distlock.benchmarks.subject.Subject;
import io.distlock.benchmarks.subject.SubjectKind;
import io.distlock.benchmarks.subject.SubjectSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Main class of a worker process. Reads orders line by line from standard input, does them, and answers each with one
 * line; ends with its input.
 */
public final class Worker {

    /** What every answer begins with, so that chatter of a library is not taken for one. */
    public static final String ANSWER = "> ";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Worker() {}

    public static void main(String[] arguments) throws Exception {
        String workload = arguments[0];
        SubjectKind kind = SubjectKind.of(arguments[1]);
        RedisAddress redis = RedisAddress.parse(arguments[2]);
        int process = Integer.parseInt(arguments[4]);
        boolean leases = workload.equals(Workload.LEASES);
        boolean growth = workload.equals(Workload.GROWTH);
        Duration ttl = Duration.ofSeconds(leases ? 6 : 30);
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        try (Subject subject = kind.open(new SubjectSettings(redis, ttl, leases))) {
            String prefix = keyPrefix(workload, kind);
            Job job = growth
                    ? new GrowthJob(new Fleet(redis), prefix + process + "-")
                    : leases
                            ? new HoldJob(subject, prefix, threads)
                            : new LoopJob(subject, prefix, Workload.of(workload), Path.of(arguments[3]), process);
            answer(attempt(greeting -> greet(subject, prefix + greeting + process), "hello-"));
            obey(job);
            // What a library says of connections that are closed under its timers is of no interest any more.
            System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
        }
        System.exit(0);
    }

    /** Below which this subject's keys are, apart from the subject's own prefix. */
    public static String keyPrefix(String workload, SubjectKind kind) {
        return "bench-" + workload.replace('/', '-') + "-" + kind.label() + "-";
    }

    /** Connections are opened and classes loaded before anything is measured, however long that takes. */
    private static String greet(Subject subject, String key) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                subject.acquire(key).release();
                return "ok";
            } catch (RuntimeException tooSlow) {
                if (System.nanoTime() - end > 0) {
                    throw tooSlow;
                }
            }
        }
    }

    private static void obey(Job job) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            answer(attempt(job, order));
        }
    }

    @SuppressWarnings("CatchAndPrintStackTrace")
    private static String attempt(Job job, String order) {
        try {
            return job.obey(order);
        } catch (Exception ex) {
            ex.printStackTrace();
            return "failed: " + ex;
        }
    }

    private static void answer(String text) {
        System.out.println(ANSWER + text.lines().findFirst().orElse(""));
        System.out.flush();
    }

    /** What a worker can be told to do. */
    interface Job {

        String obey(String order) throws Exception;
    }
}
