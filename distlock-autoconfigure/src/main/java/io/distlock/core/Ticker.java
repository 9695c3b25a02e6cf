package io.distlock.core;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one timer of an instance. What is due within a slice runs together, and whoever gathers work during a slice sends
 * it at its end.
 *
 * <p>Most entries of a busy locker are cancelled within a slice, so an entry is only queued when its first slice is over:
 * until then it costs no more than a place in a concurrent queue, and wakes nobody.
 */
final class Ticker implements AutoCloseable {

    static final long SLICE = 10_000_000;

    private static final int IDLE_SLICES = 100;

    /** While anything is due: so soon it is noticed that the machine slept, which the clock of sleep does not count. */
    private static final long LONGEST_SLEEP = 1_000_000_000;

    private static final System.Logger LOG = System.getLogger(Ticker.class.getName());

    private final Queue<Entry> incoming = new ConcurrentLinkedQueue<>();

    private final PriorityQueue<Entry> due = new PriorityQueue<>((a, b) -> Long.signum(a.at - b.at));

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
        return add(new Entry(nanos, action, false));
    }

    /** As {@link #at}, or sooner when the watchmen are hurried. */
    Entry watch(long nanos, Runnable action) {
        return add(new Entry(nanos, action, true));
    }

    /** Whatever was to be watched later is watched in the next slice. */
    void hurry() {
        this.hurried = true;
        LockSupport.unpark(this.thread);
    }

    private Entry add(Entry entry) {
        this.incoming.add(entry);
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
            quiet = this.incoming.isEmpty() ? quiet + 1 : 0;
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
        for (Entry entry = this.incoming.poll(); entry != null; entry = this.incoming.poll()) {
            if (entry.action != null) {
                this.due.add(entry);
            }
        }
        if (this.hurried) {
            this.hurried = false;
            List<Entry> watches = this.due.stream().filter(entry -> entry.watch).toList();
            this.due.removeAll(Set.copyOf(watches));
            watches.forEach(entry -> run(entry.action));
        }
        for (Entry next = this.due.peek(); next != null && next.at - now <= 0; next = this.due.peek()) {
            this.due.poll();
            run(next.action);
        }
        boolean more = false;
        for (BooleanSupplier end : this.sliceEnds) {
            more |= isMore(end);
        }
        return more;
    }

    private static boolean isMore(BooleanSupplier end) {
        boolean[] more = new boolean[1];
        run(() -> more[0] = end.getAsBoolean());
        return more[0];
    }

    private void sleep() {
        this.asleep = true;
        if (this.incoming.isEmpty() && !this.closed) {
            Entry next = this.due.peek();
            if (next == null) {
                LockSupport.park(this);
            } else {
                long sleep = Math.min(LONGEST_SLEEP, next.at - System.nanoTime());
                LockSupport.parkNanos(this, Math.max(SLICE, sleep));
            }
        }
        this.asleep = false;
    }

    private static void run(@Nullable Runnable action) {
        if (action != null) {
            try {
                action.run();
            } catch (RuntimeException | Error failure) {
                LOG.log(Level.ERROR, "A timed action of distlock failed; the others go on", failure);
            }
        }
    }

    /** Something that is due. */
    static final class Entry {

        private final long at;

        private final boolean watch;

        private volatile @Nullable Runnable action;

        private Entry(long at, Runnable action, boolean watch) {
            this.at = at;
            this.action = action;
            this.watch = watch;
        }

        void cancel() {
            this.action = null;
        }
    }
}
