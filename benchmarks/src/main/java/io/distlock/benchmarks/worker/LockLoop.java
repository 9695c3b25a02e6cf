package io.distlock.benchmarks.worker;

import io.distlock.benchmarks.Workload;
import io.distlock.benchmarks.board.Board;
import io.distlock.benchmarks.board.KeyCell;
import io.distlock.benchmarks.board.ThreadCell;
import io.distlock.benchmarks.subject.Subject;

/** One thread's loop: take, check that nobody else is inside, raise a counter in two steps, give back. */
final class LockLoop {

    private static final long HOLDING_MILLIS = 5;

    private final Subject subject;

    private final long sectionMillis;

    private final long pauseMillis;

    private final ThreadCell me;

    private final Board board;

    private final Gate gate;

    private final long thread;

    private final long process;

    LockLoop(Subject subject, Workload workload, Board board, Gate gate, int thread) {
        this.subject = subject;
        this.sectionMillis = workload.section().toMillis();
        this.pauseMillis = workload.pause().toMillis();
        this.me = board.thread(thread);
        this.board = board;
        this.gate = gate;
        this.thread = thread + 1L;
        this.process = workload.processOf(thread) + 1L;
    }

    void run(Place place) throws Exception {
        while (this.gate.isOpen()) {
            cycle(place);
            if (this.pauseMillis > 0 && !place.rush() && this.gate.isOpen()) {
                Thread.sleep(this.pauseMillis);
            }
        }
    }

    private void cycle(Place place) throws Exception {
        KeyCell inside = place.inside();
        long asked = System.nanoTime();
        this.me.waitingSince(asked);
        Subject.Held held = this.subject.acquire(place.key());
        long granted = System.nanoTime();
        this.me.waitingSince(0);
        boolean recording = this.board.recording();
        long releasedAt = inside.releasedAt();
        boolean fromAnother = inside.releasedBy() != this.process && releasedAt > asked;
        section(place);
        inside.released(System.nanoTime(), this.process);
        leave(inside);
        if (!held.release()) {
            throw new IllegalStateException("lost " + place.key());
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

    private void section(Place place) throws InterruptedException {
        KeyCell inside = place.inside();
        if (inside.inside() != 0) {
            this.me.intruder();
        }
        inside.inside(this.thread);
        long counter = inside.counter();
        if (this.sectionMillis > 0 && !place.rush() && this.gate.isOpen()) {
            Thread.sleep(this.sectionMillis);
        }
        while (this.board.hold()) {
            Thread.sleep(HOLDING_MILLIS);
        }
        inside.counter(counter + 1);
    }

    private void leave(KeyCell inside) {
        if (inside.inside() != this.thread) {
            this.me.intruder();
        }
        inside.inside(0);
    }
}
