package io.distlock.benchmarks.board;

/** Durations collected from many threads or rounds. */
public final class Times {

    private final long[] counts = new long[Histogram.BUCKETS];

    public void add(Histogram histogram) {
        for (int bucket = 0; bucket < this.counts.length; bucket++) {
            this.counts[bucket] += histogram.count(bucket);
        }
    }

    public void add(Times others) {
        for (int bucket = 0; bucket < this.counts.length; bucket++) {
            this.counts[bucket] += others.counts[bucket];
        }
    }

    public long count() {
        long count = 0;
        for (long some : this.counts) {
            count += some;
        }
        return count;
    }

    /** The duration in µs below which this share of all lies; NaN without any. */
    public double micros(double share) {
        long rank = (long) Math.ceil(share * count());
        long seen = 0;
        for (int bucket = 0; bucket < this.counts.length; bucket++) {
            seen += this.counts[bucket];
            if (seen > 0 && seen >= rank) {
                return Histogram.nanos(bucket) / 1000;
            }
        }
        return Double.NaN;
    }
}
