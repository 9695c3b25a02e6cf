package io.distlock.benchmarks.worker;

import io.distlock.benchmarks.Workload;
import io.distlock.benchmarks.board.Board;
import io.distlock.benchmarks.subject.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Threads that take and give back locks from {@code go} to {@code stop}; {@code alone} = in a rush, on a key of this
 * process; {@code rush} = in a rush, on the key it shares.
 */
final class LoopJob implements Worker.Job {

    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    private final Gate gate;

    private volatile String order = "stop";

    LoopJob(Subject subject, String prefix, Workload workload, Path file, int process) throws IOException {
        Board board = Board.open(file, workload.threads());
        int[] mine = IntStream.range(0, workload.threads())
                .filter(thread -> workload.processOf(thread) == process)
                .toArray();
        Place own = new Place(prefix + "own-" + process, board.key(Board.KEYS - 1 - process), true);
        this.gate = new Gate(mine.length);
        for (int thread : mine) {
            int key = workload.keyOf(thread);
            Place shared = new Place(prefix + key, board.key(key), false);
            LockLoop loop = new LockLoop(subject, workload, board, this.gate, thread);
            Thread runner = new Thread(() -> run(loop, shared, own), "lock-loop-" + thread);
            runner.setDaemon(true);
            runner.start();
        }
    }

    private void run(LockLoop loop, Place shared, Place own) {
        try {
            while (true) {
                this.gate.rest();
                try {
                    loop.run(
                            switch (this.order) {
                                case "alone" -> own;
                                case "rush" -> shared.inARush();
                                default -> shared;
                            });
                } catch (InterruptedException ex) {
                    throw ex;
                } catch (Exception ex) {
                    this.failure.compareAndSet(null, ex);
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String obey(String order) throws Exception {
        if (!order.equals("stop")) {
            this.order = order;
            this.gate.open();
            return "ok";
        }
        this.gate.close();
        Exception ex = this.failure.getAndSet(null);
        if (ex != null) {
            throw ex;
        }
        return "ok";
    }
}
