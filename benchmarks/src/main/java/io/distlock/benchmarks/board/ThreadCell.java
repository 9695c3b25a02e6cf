package io.distlock.benchmarks.board;

/** What one thread did. Written by that thread alone; cleared by the controller while it rests. */
public final class ThreadCell {

    private static final int COUNT = 0;

    private static final int INTRUDERS = 8;

    private static final int WAITING_SINCE = 16;

    private static final int CYCLES = 64;

    private static final int WAITS = CYCLES + Histogram.BYTES;

    private static final int GAPS = WAITS + Histogram.BYTES;

    static final int BYTES = GAPS + Histogram.BYTES;

    private final Board board;

    private final int base;

    private final Histogram cycles;

    private final Histogram waits;

    private final Histogram gaps;

    ThreadCell(Board board, int base) {
        this.board = board;
        this.base = base;
        this.cycles = new Histogram(board, base + CYCLES);
        this.waits = new Histogram(board, base + WAITS);
        this.gaps = new Histogram(board, base + GAPS);
    }

    /** How often the thread held a lock, since the start. */
    public long count() {
        return this.board.get(this.base + COUNT);
    }

    public void counted() {
        this.board.set(this.base + COUNT, count() + 1);
    }

    /** How often somebody else was inside. */
    public long intruders() {
        return this.board.get(this.base + INTRUDERS);
    }

    public void intruder() {
        this.board.set(this.base + INTRUDERS, intruders() + 1);
    }

    /** Since when the thread waits; zero = it does not. */
    public long waitingSince() {
        return this.board.get(this.base + WAITING_SINCE);
    }

    public void waitingSince(long nanos) {
        this.board.set(this.base + WAITING_SINCE, nanos);
    }

    /** From asking to released. */
    public Histogram cycles() {
        return this.cycles;
    }

    /** From asking to granted. */
    public Histogram waits() {
        return this.waits;
    }

    /** From a release called in another process to granted here. */
    public Histogram gaps() {
        return this.gaps;
    }

    public void clearTimes() {
        this.cycles.clear();
        this.waits.clear();
        this.gaps.clear();
    }
}
