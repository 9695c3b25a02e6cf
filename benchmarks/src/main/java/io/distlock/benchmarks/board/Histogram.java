package io.distlock.benchmarks.board;

/** Counts of durations in buckets less than one per cent wide. */
public final class Histogram {

    private static final int BITS = 7;

    private static final int PER_POWER = 1 << BITS;

    /** Up to 2^40 ns, that is 18 minutes. */
    private static final int POWERS = 40 - BITS + 2;

    static final int BUCKETS = POWERS * PER_POWER;

    static final int BYTES = BUCKETS * Long.BYTES;

    private final Board board;

    private final int base;

    Histogram(Board board, int base) {
        this.board = board;
        this.base = base;
    }

    public void add(long nanos) {
        int offset = this.base + bucket(nanos) * Long.BYTES;
        this.board.set(offset, this.board.get(offset) + 1);
    }

    void clear() {
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (count(bucket) != 0) {
                this.board.set(this.base + bucket * Long.BYTES, 0);
            }
        }
    }

    long count(int bucket) {
        return this.board.get(this.base + bucket * Long.BYTES);
    }

    static int bucket(long nanos) {
        long value = Math.max(0, Math.min(nanos, (1L << 41) - 1));
        if (value < PER_POWER) {
            return (int) value;
        }
        int power = 63 - Long.numberOfLeadingZeros(value) - BITS;
        return (power + 1) * PER_POWER + (int) (value >>> power) - PER_POWER;
    }

    /** The middle of the bucket. */
    static double nanos(int bucket) {
        if (bucket < PER_POWER) {
            return bucket;
        }
        int power = bucket / PER_POWER - 1;
        long start = (long) (bucket % PER_POWER + PER_POWER) << power;
        return start + (1L << power) / 2.0;
    }
}
