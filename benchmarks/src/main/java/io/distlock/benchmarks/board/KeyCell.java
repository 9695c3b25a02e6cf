package io.distlock.benchmarks.board;

/** What is protected by one lock, and written only under it. Knows when somebody else was inside. */
public final class KeyCell {

    static final int BYTES = 64;

    private static final int COUNTER = 0;

    private static final int INSIDE = 8;

    private static final int RELEASED_AT = 16;

    private static final int RELEASED_BY = 24;

    private final Board board;

    private final int base;

    KeyCell(Board board, int base) {
        this.board = board;
        this.base = base;
    }

    public long counter() {
        return this.board.get(this.base + COUNTER);
    }

    public void counter(long value) {
        this.board.set(this.base + COUNTER, value);
    }

    /** Who is inside; zero = nobody. */
    public long inside() {
        return this.board.get(this.base + INSIDE);
    }

    public void inside(long thread) {
        this.board.set(this.base + INSIDE, thread);
    }

    /** When the last holder called release, on the monotonic clock that all processes of a machine share. */
    public long releasedAt() {
        return this.board.get(this.base + RELEASED_AT);
    }

    /** The process that called it. */
    public long releasedBy() {
        return this.board.get(this.base + RELEASED_BY);
    }

    public void released(long at, long by) {
        this.board.set(this.base + RELEASED_BY, by);
        this.board.set(this.base + RELEASED_AT, at);
    }
}
