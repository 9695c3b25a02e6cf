package io.distlock.benchmarks;

import io.distlock.benchmarks.board.Board;
import io.distlock.benchmarks.board.ThreadCell;
import io.distlock.benchmarks.board.Times;
import io.distlock.benchmarks.server.RedisProbe.Work;
import io.distlock.benchmarks.server.WireCount;
import io.distlock.benchmarks.subject.SubjectKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The worker processes of one subject. They live as long as a workload is measured, and rest between their turns. */
final class Crew implements AutoCloseable {

    private static final long RUN_UP_MILLIS = 500;

    /** So often the methods that matter must be called before they are compiled for good. */
    private static final long WARM = 20_000;

    private static final long COUNTING_MILLIS = 300;

    private static final long HOLDING_MILLIS = 3000;

    private final List<WorkerProcess> workers = new ArrayList<>();

    private final SubjectKind subject;

    private final Workload workload;

    private final Options options;

    private final Bench bench;

    private final Path file;

    private final Board board;

    private final List<ThreadCell> threads;

    Crew(SubjectKind subject, Workload workload, Options options, Bench bench) throws IOException {
        this.subject = subject;
        this.workload = workload;
        this.options = options;
        this.bench = bench;
        this.file = Files.createTempFile("board", ".bin");
        this.board = Board.open(this.file, workload.threads());
        this.threads = IntStream.range(0, workload.threads())
                .mapToObj(this.board::thread)
                .toList();
        for (int process = 0; process < workload.processes(); process++) {
            WorkerProcess worker = WorkerProcess.start(
                    workload.id(), subject, bench.redis(), this.file, process, options.jvmOptions());
            this.workers.add(worker);
            String greeting = worker.answer();
            if (!greeting.equals("ok")) {
                close();
                throw new IOException(subject.label() + " does not start: " + greeting);
            }
        }
    }

    /**
     * A process that has a share of a lock only learns slowly, the more so the slower it is. So each first has a key to
     * itself until it has done enough to be compiled, or was given plenty of time; then all work together. Nobody
     * stays inside or pauses meanwhile.
     */
    void warmUp() throws IOException, InterruptedException {
        long patience = this.options.warmUp().toMillis();
        for (WorkerProcess worker : this.workers) {
            long before = LongStream.of(counts()).sum();
            worker.ask("alone");
            for (long spent = 0; spent < 2 * patience; spent += RUN_UP_MILLIS) {
                Thread.sleep(RUN_UP_MILLIS);
                if (spent >= patience && LongStream.of(counts()).sum() - before > WARM) {
                    break;
                }
            }
            worker.ask("stop");
        }
        if (this.workers.size() > 1) {
            tellAll("rush");
            Thread.sleep(patience);
            tellAll("stop");
        }
    }

    Outcome turn(int round) throws IOException, InterruptedException {
        this.threads.forEach(ThreadCell::clearTimes);
        tellAll("go");
        Thread.sleep(RUN_UP_MILLIS);

        Measured measured = measure();
        double requests = countRequests();
        double idle = this.workload.isHandOver() ? countWhileHeld() : Double.NaN;
        String answer = tellAll("stop");

        long acquired = LongStream.of(measured.counts).sum();
        return new Outcome(
                this.subject,
                round,
                acquired / measured.seconds,
                jain(measured.counts),
                times(measured, cell -> cell.cycles()),
                times(measured, cell -> cell.waits()),
                times(measured, cell -> cell.gaps()),
                measured.longestWait,
                LongStream.of(measured.counts).filter(count -> count == 0).count(),
                requests,
                (double) measured.work.commands() / acquired,
                idle,
                measured.work.cpuSeconds() * 1e6 / acquired,
                measured.cpuSeconds * 1e6 / acquired,
                Machine.load(),
                fault(answer));
    }

    private interface Which {

        io.distlock.benchmarks.board.Histogram of(ThreadCell cell);
    }

    private Times times(Measured measured, Which which) {
        Times times = new Times();
        this.threads.forEach(cell -> times.add(which.of(cell)));
        return times;
    }

    private record Measured(long[] counts, double seconds, Work work, double cpuSeconds, double longestWait) {}

    private Measured measure() throws IOException, InterruptedException {
        long[] before = counts();
        Work workBefore = this.bench.probe().read();
        double cpuBefore = cpuSeconds();
        long start = System.nanoTime();
        this.board.recording(true);
        Thread.sleep(this.options.time().toMillis());
        this.board.recording(false);
        long end = System.nanoTime();
        double cpu = cpuSeconds() - cpuBefore;
        Work work = this.bench.probe().read().since(workBefore);
        long[] counts = counts();
        for (int i = 0; i < counts.length; i++) {
            counts[i] -= before[i];
        }
        double seconds = (end - start) / 1e9;
        return new Measured(counts, seconds, work, cpu, longestWait(end));
    }

    private double longestWait(long now) {
        Times waits = new Times();
        double longest = 0;
        for (ThreadCell cell : this.threads) {
            waits.add(cell.waits());
            long since = cell.waitingSince();
            longest = Math.max(longest, since == 0 ? 0 : (now - since) / 1e9);
        }
        return waits.count() == 0 ? longest : Math.max(longest, waits.micros(1) / 1e6);
    }

    private double countRequests() throws IOException, InterruptedException {
        long millis = this.workload.isHandOver() ? 4 * COUNTING_MILLIS : COUNTING_MILLIS;
        try (WireCount wire = new WireCount(this.bench.redis())) {
            long before = LongStream.of(counts()).sum();
            Thread.sleep(millis);
            long acquired = LongStream.of(counts()).sum() - before;
            return (double) wire.stop() / acquired;
        }
    }

    private double countWhileHeld() throws IOException, InterruptedException {
        this.board.hold(true);
        Thread.sleep(RUN_UP_MILLIS);
        try (WireCount wire = new WireCount(this.bench.redis())) {
            Thread.sleep(HOLDING_MILLIS);
            return wire.stop() * 1000.0 / HOLDING_MILLIS;
        } finally {
            this.board.hold(false);
        }
    }

    private long[] counts() {
        return this.threads.stream().mapToLong(ThreadCell::count).toArray();
    }

    private double cpuSeconds() {
        return this.workers.stream()
                        .map(WorkerProcess::cpu)
                        .mapToDouble(Duration::toNanos)
                        .sum()
                / 1e9;
    }

    static double jain(long[] shares) {
        double sum = 0;
        double squares = 0;
        for (long share : shares) {
            sum += share;
            squares += (double) share * share;
        }
        return squares == 0 ? Double.NaN : sum * sum / (shares.length * squares);
    }

    private Optional<String> fault(String answer) {
        if (!answer.equals("ok")) {
            return Optional.of(answer);
        }
        long intruders = this.threads.stream().mapToLong(ThreadCell::intruders).sum();
        long counted = IntStream.range(0, Board.KEYS)
                .mapToLong(key -> this.board.key(key).counter())
                .sum();
        long acquired = LongStream.of(counts()).sum();
        return intruders == 0 && counted == acquired
                ? Optional.empty()
                : Optional.of(intruders + " times two were inside, " + (acquired - counted) + " updates missed");
    }

    private String tellAll(String order) throws IOException {
        for (WorkerProcess worker : this.workers) {
            worker.order(order);
        }
        String answer = "ok";
        for (WorkerProcess worker : this.workers) {
            String one = worker.answer();
            answer = one.equals("ok") ? answer : one;
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        for (WorkerProcess worker : this.workers) {
            worker.close();
        }
        Files.deleteIfExists(this.file);
    }
}
