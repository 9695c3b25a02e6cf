package io.distlock.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts over the last minutes, in slots that are used again and again. */
final class Contention {

    static final Duration SLOT = Duration.ofSeconds(5);

    static final int SLOTS = 60;

    /** A wait that is shorter was no contention. */
    private static final Duration UNCONTENDED = Duration.ofMillis(5);

    private final Clock clock;

    private final AtomicReferenceArray<Counts> counts = new AtomicReferenceArray<>(SLOTS);

    Contention(Clock clock) {
        this.clock = clock;
        for (int i = 0; i < SLOTS; i++) {
            this.counts.set(i, new Counts(-1));
        }
    }

    void taken(Duration waited) {
        Counts now = now();
        now.taken.increment();
        if (waited.compareTo(UNCONTENDED) > 0) {
            now.waited.increment();
        }
    }

    void refused() {
        now().refused.increment();
    }

    void lost() {
        now().lost.increment();
    }

    private Counts now() {
        long number = number();
        int index = (int) (number % SLOTS);
        while (true) {
            Counts found = this.counts.get(index);
            if (found.number >= number) {
                return found;
            }
            this.counts.compareAndSet(index, found, new Counts(number));
        }
    }

    private long number() {
        return this.clock.millis() / SLOT.toMillis();
    }

    /** The last one is still being counted. */
    List<Slot> slots() {
        long last = number();
        List<Slot> slots = new ArrayList<>(SLOTS);
        for (long number = last - SLOTS + 1; number <= last; number++) {
            Counts found = this.counts.get((int) (number % SLOTS));
            slots.add((found.number == number ? found : new Counts(number)).slot());
        }
        return slots;
    }

    /**
     * @param start of the slot
     * @param taken how many locks were granted
     * @param waited how many of them had to be waited for
     * @param refused how many were not granted: busy, shed or unavailable
     * @param lost how many ended before they were released
     */
    record Slot(Instant start, long taken, long waited, long refused, long lost) {}

    private static final class Counts {

        private final long number;

        private final LongAdder taken = new LongAdder();

        private final LongAdder waited = new LongAdder();

        private final LongAdder refused = new LongAdder();

        private final LongAdder lost = new LongAdder();

        Counts(long number) {
            this.number = number;
        }

        Slot slot() {
            return new Slot(
                    Instant.ofEpochMilli(this.number * SLOT.toMillis()),
                    this.taken.sum(),
                    this.waited.sum(),
                    this.refused.sum(),
                    this.lost.sum());
        }
    }
}
