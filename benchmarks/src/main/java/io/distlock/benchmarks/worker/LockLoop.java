package io.distlock.benchmarks.worker;

import io.distlock.benchmarks.Workload;
import io.distlock.benchmarks.board.Board;
import io.distlock.benchmarks.board.KeyCell;
import io.distlock.benchmarks.board.ThreadCell;
import io.distlock.benchmarks.subject.Subject;
import java.time.Duration;

/** One thread's loop: take, check that nobody else is inside, raise a counter in two steps, give back. */
final class LockLoop {

    private static final long HOLDING_MILLIS = 5;

    private final Subject subject;

    private final String key;

    private final long sectionMillis;

    private final long pauseMillis;

    private final ThreadCell me;

    private final KeyCell inside;

    private final Board board;

    private final Gate gate;

    private final long thread;

    private final long process;

    LockLoop(
            Subject subject,
            String key,
            Workload workload,
            ThreadCell me,
            KeyCell inside,
            Board board,
            Gate gate,
            int thread) {
        this.subject = subject;
        this.key = key;
        this.sectionMillis = millis(workload.section());
        this.pauseMillis = millis(workload.pause());
        this.me = me;
        this.inside = inside;
        this.board = board;
        this.gate = gate;
        this.thread = thread + 1L;
        this.process = workload.processOf(thread) + 1L;
    }

    private static long millis(Duration time) {
        return time.toMillis();
    }

    void run() throws Exception {
        while (this.gate.isOpen()) {
            cycle();
            if (this.pauseMillis > 0 && this.gate.isOpen()) {
                Thread.sleep(this.pauseMillis);
            }
        }
    }

    private void cycle() throws Exception {
        long asked = System.nanoTime();
        this.me.waitingSince(asked);
        Subject.Held held = this.subject.acquire(this.key);
        long granted = System.nanoTime();
        this.me.waitingSince(0);
        boolean recording = this.board.recording();
        long releasedAt = this.inside.releasedAt();
        boolean fromAnother = this.inside.releasedBy() != this.process && releasedAt > asked;
        section();
        this.inside.released(System.nanoTime(), this.process);
        leave();
        if (!held.release()) {
            throw new IllegalStateException("lost " + this.key);
        }
        if (recording) {
            this.me.cycles().add(System.nanoTime() - asked);
            this.me.waits().add(granted - asked);
            if (fromAnother) {
                this.me.gaps().add(granted - releasedAt);
            }
        }
        this.me.counted();
    }

    private void section() throws InterruptedException {
        if (this.inside.inside() != 0) {
            this.me.intruder();
        }
        this.inside.inside(this.thread);
        long counter = this.inside.counter();
        if (this.sectionMillis > 0 && this.gate.isOpen()) {
            Thread.sleep(this.sectionMillis);
        }
        while (this.board.hold()) {
            Thread.sleep(HOLDING_MILLIS);
        }
        this.inside.counter(counter + 1);
    }

    private void leave() {
        if (this.inside.inside() != this.thread) {
            this.me.intruder();
        }
        this.inside.inside(0);
    }
}
