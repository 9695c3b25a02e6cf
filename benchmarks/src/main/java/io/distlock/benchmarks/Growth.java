package io.distlock.benchmarks;

import io.distlock.benchmarks.server.RedisProbe;
import io.distlock.benchmarks.server.RedisProbe.Questions;
import io.distlock.benchmarks.server.RedisProbe.Work;
import io.distlock.benchmarks.subject.SubjectKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What one lock more costs Redis and its client, held or awaited, from one to very many. */
final class Growth {

    /** Until the last of them stands in line, or has been renewed for the first time. */
    private static final long SETTLING_MILLIS = 2000;

    /** Later options win; a hundred thousand leases need room. */
    private static final String ROOM = "-Xmx2g";

    private final Options options;

    private final RedisProbe probe;

    private final Bench bench;

    Growth(Options options, Bench bench) {
        this.options = options;
        this.bench = bench;
        this.probe = bench.probe();
    }

    List<Step> steps() throws IOException, InterruptedException {
        List<Step> steps = new ArrayList<>();
        for (Growing what : Growing.MEASURED) {
            List<String> jvm = new ArrayList<>(this.options.jvmOptions());
            jvm.add(ROOM);
            try (WorkerProcess worker = WorkerProcess.start(
                    Workload.GROWTH, SubjectKind.DISTLOCK, this.bench.redis(), Path.of("-"), what.ordinal(), jvm)) {
                worker.answer();
                grow(what, worker, steps);
            }
        }
        return steps;
    }

    private void grow(Growing what, WorkerProcess worker, List<Step> steps) throws IOException, InterruptedException {
        tell(worker, "poll " + what.poll().toMillis());
        tell(worker, "keep " + what.heldBefore());
        Thread.sleep(SETTLING_MILLIS);
        long memoryBefore = this.probe.memory();
        long heapBefore = Long.parseLong(worker.ask("heap"));
        for (int count : what.counts()) {
            tell(worker, what.order(count));
            Thread.sleep(SETTLING_MILLIS + 2 * what.poll().toMillis());
            long heap = Long.parseLong(worker.ask("heap")) - heapBefore;
            steps.add(step(what, count, worker, memoryBefore, heap));
        }
        tell(worker, "give");
        if (what == Growing.HELD) {
            Thread.sleep(SETTLING_MILLIS);
            long heap = Long.parseLong(worker.ask("heap")) - heapBefore;
            int count = what.counts().get(what.counts().size() - 1);
            steps.add(step(Growing.FREE, count, worker, memoryBefore, heap));
        }
    }

    private Step step(Growing what, int count, WorkerProcess worker, long memoryBefore, long heap)
            throws IOException, InterruptedException {
        Work work = this.probe.read();
        Questions questions = this.probe.questions();
        long cpu = worker.cpu().toNanos();
        long start = System.nanoTime();
        Thread.sleep(this.options.time().toMillis());
        double seconds = (System.nanoTime() - start) / 1e9;
        double clientCpu = (worker.cpu().toNanos() - cpu) / 1e9;
        questions = this.probe.questions().since(questions);
        work = this.probe.read().since(work);
        return new Step(
                what,
                count,
                this.probe.memory() - memoryBefore,
                heap,
                questions.count() / seconds,
                work.commands() / seconds,
                questions.seconds() * 1e6 / questions.count(),
                100 * work.cpuSeconds() / seconds,
                100 * clientCpu / seconds);
    }

    private static void tell(WorkerProcess worker, String order) throws IOException {
        String answer = worker.ask(order);
        if (!answer.equals("ok")) {
            throw new IOException(order + ": " + answer);
        }
    }
}
