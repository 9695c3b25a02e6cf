package io.distlock.core;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Time that passes from one event to the next, machines that notice it each by a clock of its own, and chance by a seed. */
final class SimulatedWorld {

    static final long MILLI = 1_000_000;

    private static final long START_OF_WALL_CLOCKS = 1_800_000_000_000L;

    private final PriorityQueue<Event> events = new PriorityQueue<>();

    private final List<SimulatedMachine> machines = new ArrayList<>();

    private final Random chance;

    private final Random jitter;

    private final Runnable look;

    private final @Nullable List<String> told;

    private @Nullable AssertionError broken;

    private long now;

    private long lastNumber;

    /** Whose code runs; null = the store's, or nobody's. */
    private @Nullable SimulatedMachine running;

    /**
     * @param look done after every event
     * @param told what is told of; null = nothing is
     */
    SimulatedWorld(long seed, Runnable look, @Nullable List<String> told) {
        this.chance = new Random(seed);
        this.jitter = new Random(~seed);
        this.look = look;
        this.told = told;
        SimulatedJdk.enter(this);
    }

    // ---- chance ----

    boolean happens(double probability) {
        return this.chance.nextDouble() < probability;
    }

    /** At least {@code from} and less than {@code to}, where these are not the same. */
    long between(long from, long to) {
        return from >= to ? from : from + (long) (this.chance.nextDouble() * (to - from));
    }

    int below(int bound) {
        return this.chance.nextInt(bound);
    }

    @SafeVarargs
    final <T> T oneOf(T... choices) {
        return choices[below(choices.length)];
    }

    Random jitter() {
        return this.jitter;
    }

    // ---- time ----

    /** Since the start, by no clock that anybody here reads. */
    long now() {
        return this.now;
    }

    long nanoTime() {
        SimulatedMachine machine = this.running;
        return machine == null ? this.now : machine.nanoTime(this.now);
    }

    long wallMillis() {
        SimulatedMachine machine = this.running;
        long ahead = machine == null ? 0 : machine.wallAhead();
        return START_OF_WALL_CLOCKS + this.now / MILLI + ahead;
    }

    // ---- events ----

    void add(SimulatedMachine machine) {
        this.machines.add(machine);
    }

    /** So long from now, unless that machine is dead by then; later, if it sleeps. */
    void later(long delay, @Nullable SimulatedMachine where, Runnable what) {
        this.events.add(new Event(this.now + delay, this.chance.nextInt(), ++this.lastNumber, where, what));
    }

    /** On another thread of whoever runs now. */
    void soon(Runnable what) {
        later(between(1000, MILLI), this.running, what);
    }

    <T> T in(@Nullable SimulatedMachine machine, Supplier<T> what) {
        SimulatedMachine before = this.running;
        this.running = machine;
        try {
            return what.get();
        } finally {
            this.running = before;
        }
    }

    /** Lets happen what happens until then. */
    void passUntil(long end) {
        while (nextAt() <= end) {
            next();
        }
        this.now = Math.max(this.now, end);
    }

    /** Lets happen what happens until it is so. */
    void passUntil(BooleanSupplier so) {
        while (!so.getAsBoolean()) {
            next();
        }
    }

    /** Time in which nobody does anything. */
    void spend(long nanos) {
        this.now += nanos;
    }

    private long nextAt() {
        SimulatedMachine ticking = nextToTick();
        Event event = this.events.peek();
        return Math.min(
                ticking == null ? Long.MAX_VALUE : ticking.ticksAt(), event == null ? Long.MAX_VALUE : event.at);
    }

    private void next() {
        SimulatedMachine ticking = nextToTick();
        Event event = this.events.peek();
        if (event != null && (ticking == null || event.at <= ticking.ticksAt())) {
            this.events.poll();
            this.now = Math.max(this.now, event.at);
            happen(event);
        } else if (ticking != null) {
            this.now = Math.max(this.now, ticking.ticksAt());
            ticking.tick();
        } else {
            throw new AssertionError("nothing will happen any more");
        }
        this.look.run();
        if (this.broken != null) {
            throw this.broken;
        }
    }

    /** To be thrown where nobody catches it: stages of futures do. */
    AssertionError broken(AssertionError broken) {
        this.broken = this.broken == null ? broken : this.broken;
        return broken;
    }

    private @Nullable SimulatedMachine nextToTick() {
        SimulatedMachine next = null;
        for (SimulatedMachine machine : this.machines) {
            if (!machine.isDead() && (next == null || machine.ticksAt() < next.ticksAt())) {
                next = machine;
            }
        }
        return next;
    }

    private void happen(Event event) {
        SimulatedMachine where = event.where;
        if (where != null && where.isDead()) {
            return;
        }
        if (where != null && where.isAsleep(this.now)) {
            later(where.wakesAt() - this.now, where, event.what);
            return;
        }
        in(where, () -> {
            event.what.run();
            return true;
        });
    }

    // ---- telling ----

    boolean isTold() {
        return this.told != null;
    }

    void tell(String format, Object... arguments) {
        if (this.told != null) {
            this.told.add(String.format("%9.3f ms  ", this.now / 1e6) + String.format(format, arguments));
        }
    }

    /** @param tie which of those that are due at once comes first */
    private record Event(
            long at, int tie, long number, @Nullable SimulatedMachine where, Runnable what)
            implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(this.at, other.at);
            int byTie = byTime != 0 ? byTime : Integer.compare(this.tie, other.tie);
            return byTie != 0 ? byTie : Long.compare(this.number, other.number);
        }
    }
}
