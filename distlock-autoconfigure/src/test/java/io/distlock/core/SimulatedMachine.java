package io.distlock.core;

import io.distlock.Lease;
import io.distlock.LockListener;
import io.distlock.LockRequest;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** One instance of an application: the real core, on a machine with a clock of its own that may stand still and die. */
final class SimulatedMachine {

    static final String TICKER = "distlock-simulated";

    private static final MethodHandle SLICE = slice();

    private final SimulatedWorld world;

    private final String name;

    /** By how much faster than the store's its clock runs. */
    private final double rate;

    private final long origin;

    private final LockerSettings settings;

    private final SimulatedWire wire;

    private final Desk desk;

    private final Taking taking;

    private long ticksAt;

    private long wakesAt;

    private long slept;

    private long wallAhead;

    private boolean dead;

    private long tokens;

    /** @param drift how much faster or slower clocks may run */
    SimulatedMachine(
            SimulatedWorld world,
            SimulatedStore store,
            SimulatedNetwork network,
            String name,
            double drift,
            LockerSettings settings,
            Duration commandTimeout,
            LockListener listener) {
        this.world = world;
        this.name = name;
        this.rate = 1 + drift * (world.below(2001) - 1000) / 1000;
        // anywhere: the origin of the clock is nobody's business
        this.origin = ((long) world.below(Integer.MAX_VALUE) - Integer.MAX_VALUE / 2) << 33;
        this.settings = settings;
        Instance instance = new Instance(name, (name + "0123456789ab").substring(0, 12));
        this.wire = new SimulatedWire(world, store, network, this, commandTimeout);
        this.desk = world.in(
                this,
                () -> new Desk(
                        settings,
                        instance,
                        this.wire,
                        key -> name + ":" + ++this.tokens,
                        new Tellers(settings.name(), List.of(listener), null)));
        this.taking = world.in(
                this,
                () -> new Taking(settings, this.desk, this.desk.tellers(), new Details(instance, Map.of(), null)));
        store.connect(this, instance);
        this.ticksAt = world.now() + world.between(0, Ticker.SLICE);
        world.add(this);
    }

    private static MethodHandle slice() {
        try {
            return MethodHandles.privateLookupIn(Ticker.class, MethodHandles.lookup())
                    .findVirtual(Ticker.class, "slice", MethodType.methodType(boolean.class, long.class));
        } catch (ReflectiveOperationException ex) {
            throw new IllegalStateException(ex);
        }
    }

    String name() {
        return this.name;
    }

    LockerSettings settings() {
        return this.settings;
    }

    SimulatedWire wire() {
        return this.wire;
    }

    Desk desk() {
        return this.desk;
    }

    /** What it asks for and what it gets, as an application does. */
    CompletableFuture<Lease> ask(LockRequest request) {
        return this.taking.takeAsync(request);
    }

    // ---- its clocks ----

    long nanoTime(long now) {
        return this.origin + (long) (now * this.rate);
    }

    long wallAhead() {
        return this.wallAhead;
    }

    void setWallClock(long millisAhead) {
        this.world.tell("the clock of %s is set ahead by %d ms", this, millisAhead);
        this.wallAhead = millisAhead;
    }

    // ---- its timer ----

    long ticksAt() {
        return this.ticksAt;
    }

    /** One slice of the timer, which a busy machine runs late now and then. */
    void tick() {
        if (isAsleep(this.world.now())) {
            this.ticksAt = this.wakesAt;
            return;
        }
        this.ticksAt = this.world.now()
                + Ticker.SLICE
                + (this.world.happens(0.01)
                        ? this.world.between(0, 4 * Ticker.SLICE)
                        : this.world.between(0, SimulatedWorld.MILLI));
        this.world.in(this, () -> {
            try {
                return (boolean) SLICE.invokeExact(this.desk.ticker(), System.nanoTime());
            } catch (RuntimeException | Error failure) {
                throw failure;
            } catch (Throwable failure) {
                throw new AssertionError(failure);
            }
        });
    }

    // ---- its life ----

    /** It stands still, as it does for a collection of garbage, and notices nothing until it goes on. */
    void sleep(long time) {
        this.world.tell("%s stands still for %.3f ms", this, time / 1e6);
        long end = this.world.now() + time;
        this.slept += Math.max(0, end - Math.max(this.wakesAt, this.world.now()));
        this.wakesAt = Math.max(this.wakesAt, end);
    }

    boolean isAsleep(long now) {
        return this.wakesAt > now;
    }

    long wakesAt() {
        return this.wakesAt;
    }

    /** For how long it has stood still so far, and will before it goes on. */
    long slept() {
        return this.slept;
    }

    void die() {
        this.dead = true;
    }

    boolean isDead() {
        return this.dead;
    }

    /** What it keeps of keys although nobody holds or awaits any. */
    String leftovers() {
        List<Object> left = KeyLines.of(this.desk);
        return left.isEmpty() && !this.desk.isReturning() ? "" : left.toString();
    }

    @Override
    public String toString() {
        return this.name;
    }
}
