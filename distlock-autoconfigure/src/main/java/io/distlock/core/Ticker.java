package io.distlock.core;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one timer of an instance. What is due within a slice runs together, and whoever gathers work during a slice sends
 * it at its end.
 *
 * <p>Most entries of a busy locker are cancelled within a slice, so an entry is only queued when its first slice is over:
 * until then it costs no more than to be chained to the one before it, and wakes nobody. What is due in the same millisecond
 * shares one place among those that are queued, so that many entries cost little more than few.
 */
final class Ticker implements AutoCloseable {

    static final long SLICE = 10_000_000;

    private static final int IDLE_SLICES = 100;

    /** While anything is due: so soon it is noticed that the machine slept, which the clock of sleep does not count. */
    private static final long LONGEST_SLEEP = 1_000_000_000;

    private static final long MILLI = 1_000_000;

    /** Nothing is queued further ahead, so that what was cancelled is soon forgotten. */
    private static final long HORIZON = 30_000;

    private static final System.Logger LOG = System.getLogger(Ticker.class.getName());

    /** The last one; each knows the one before it. */
    private final AtomicReference<@Nullable Entry> incoming = new AtomicReference<>();

    /** By the millisecond since the start in which they are looked at. Only on the timer's thread. */
    private final NavigableMap<Long, List<Entry>> due = new TreeMap<>();

    private final long start = System.nanoTime();

    /** The last one that was looked at. Only on the timer's thread. */
    private long millis;

    private final List<BooleanSupplier> sliceEnds = new CopyOnWriteArrayList<>();

    private final Thread thread;

    private volatile boolean asleep;

    private volatile boolean hurried;

    private volatile boolean closed;

    Ticker(String name) {
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** Runs {@code action} on the timer's thread at that time or up to one slice later; it must not block. */
    Entry at(long nanos, Runnable action) {
        return add(new Entry(nanos, entry -> action.run(), false));
    }

    /** As {@link #at}, or sooner when the watchmen are hurried. */
    Entry watch(long nanos, Timed watched) {
        return add(new Entry(nanos, watched, true));
    }

    /** Once more, for an entry that is due now. Only on the timer's thread, where it wakes nobody. */
    void again(Entry entry, long nanos) {
        entry.at = nanos;
        queue(entry, this.millis + 1);
    }

    /** Whatever was to be watched later is watched in the next slice. */
    void hurry() {
        this.hurried = true;
        LockSupport.unpark(this.thread);
    }

    private Entry add(Entry entry) {
        Entry before;
        do {
            before = this.incoming.get();
            entry.before = before;
        } while (!this.incoming.compareAndSet(before, entry));
        if (this.asleep) {
            LockSupport.unpark(this.thread);
        }
        return entry;
    }

    /** @param action says whether it has kept something for the end of a later slice */
    void atSliceEnd(BooleanSupplier action) {
        this.sliceEnds.add(action);
    }

    @Override
    public void close() {
        this.closed = true;
        LockSupport.unpark(this.thread);
    }

    private void run() {
        int quiet = 0;
        while (!this.closed) {
            quiet = this.incoming.get() == null ? quiet + 1 : 0;
            if (slice(System.nanoTime())) {
                quiet = 0;
            }
            if (quiet < IDLE_SLICES) {
                LockSupport.parkNanos(SLICE);
            } else {
                sleep();
            }
        }
    }

    /** @return whether something is left for the next one */
    private boolean slice(long now) {
        this.millis = (now - this.start) / MILLI;
        for (Entry entry = inOrder(this.incoming.getAndSet(null)); entry != null; ) {
            Entry next = entry.before;
            entry.before = null;
            keep(entry);
            entry = next;
        }
        if (this.hurried) {
            this.hurried = false;
            List<Entry> all = new ArrayList<>();
            this.due.values().forEach(all::addAll);
            this.due.clear();
            all.forEach(entry -> runIf(entry.watch, entry));
        }
        for (Map.Entry<Long, List<Entry>> next = this.due.firstEntry();
                next != null && next.getKey() <= this.millis;
                next = this.due.firstEntry()) {
            this.due.pollFirstEntry();
            for (Entry entry : next.getValue()) {
                runIf(entry.at - now <= 0, entry);
            }
        }
        boolean more = false;
        for (BooleanSupplier end : this.sliceEnds) {
            more |= isMore(end);
        }
        return more;
    }

    /** Turns the chain round: from then on, each knows the one after it. */
    private static @Nullable Entry inOrder(@Nullable Entry last) {
        Entry first = null;
        for (Entry entry = last; entry != null; ) {
            Entry before = entry.before;
            entry.before = first;
            first = entry;
            entry = before;
        }
        return first;
    }

    private void keep(Entry entry) {
        Timed action = entry.action;
        if (action != null) {
            action.lasts();
            queue(entry, this.millis);
        }
    }

    private void runIf(boolean isDue, Entry entry) {
        Timed action = entry.action;
        if (action == null) {
            return;
        }
        if (!isDue) {
            queue(entry, this.millis + 1);
            return;
        }
        try {
            action.due(entry);
        } catch (RuntimeException | Error failure) {
            complain(failure);
        }
    }

    /** Where it is looked at next: when it is due, but not in a distant future. */
    private void queue(Entry entry, long earliest) {
        if (entry.action != null) {
            long at = Math.floorDiv(entry.at - this.start + MILLI - 1, MILLI);
            long seen = Math.max(earliest, Math.min(at, this.millis + HORIZON));
            this.due.computeIfAbsent(seen, any -> new ArrayList<>()).add(entry);
        }
    }

    private static boolean isMore(BooleanSupplier end) {
        try {
            return end.getAsBoolean();
        } catch (RuntimeException | Error failure) {
            complain(failure);
            return false;
        }
    }

    private static void complain(Throwable failure) {
        LOG.log(Level.ERROR, "A timed action of distlock failed; the others go on", failure);
    }

    private void sleep() {
        this.asleep = true;
        if (this.incoming.get() == null && !this.closed) {
            if (this.due.isEmpty()) {
                LockSupport.park(this);
            } else {
                long next = this.start + this.due.firstKey() * MILLI;
                long sleep = Math.min(LONGEST_SLEEP, next - System.nanoTime());
                LockSupport.parkNanos(this, Math.max(SLICE, sleep));
            }
        }
        this.asleep = false;
    }

    /** What happens when an entry is due; on the timer's thread, which it must not block. */
    @FunctionalInterface
    interface Timed {

        void due(Entry entry);

        /** Called before, when its entry was not cancelled within its first slice; must not fail. */
        default void lasts() {}
    }

    /** Something that is due. */
    static final class Entry {

        private long at;

        private final boolean watch;

        private volatile @Nullable Timed action;

        /** Which was added before it; only until it is queued. */
        private @Nullable Entry before;

        private Entry(long at, Timed action, boolean watch) {
            this.at = at;
            this.action = action;
            this.watch = watch;
        }

        /** When it was meant to be; only on the timer's thread. */
        long at() {
            return this.at;
        }

        void cancel() {
            this.action = null;
        }
    }
}
