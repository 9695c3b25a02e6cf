package io.distlock.core;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.driver.LockKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A few instances want a few keys while commands, replies and messages are lost, late and doubled, machines and the store
 * stand still, die, or forget, and clocks run as they like. What happens when is said by the seed alone.
 *
 * <p>Then all is healed: everybody must be served, and nothing be left.
 */
public final class Schedule {

    static final Duration TTL = Duration.ofSeconds(1);

    static final Duration COMMAND_TIMEOUT = TTL.dividedBy(3);

    private static final long SECOND = TTL.toNanos();

    /** How harmful what happens is. */
    enum Kind {
        /** What leaves the key and a third of the lease alone, so that it may cost no lock. */
        HARMLESS,
        /** As that, but for a store that loses all. */
        FORGETFUL,
        HOSTILE
    }

    private final SimulatedWorld world;

    private final Kind kind;

    private final ScheduleJudge judge;

    private final SimulatedStore store;

    private final List<SimulatedMachine> machines = new ArrayList<>();

    private final List<ScheduleCaller> callers = new ArrayList<>();

    private final List<LockKey> keys = new ArrayList<>();

    private int deaths;

    private Schedule(long seed, @Nullable List<String> told) {
        this.world = new SimulatedWorld(seed, this::look, told);
        this.kind = this.world.oneOf(Kind.HARMLESS, Kind.FORGETFUL, Kind.HOSTILE, Kind.HOSTILE, Kind.HOSTILE);
        SimulatedNetwork network = network();
        boolean messages = this.world.happens(0.8);
        this.store = new SimulatedStore(this.world, COMMAND_TIMEOUT, messages);
        Duration poll = Duration.ofMillis(this.world.oneOf(100, 250, 500));
        this.judge = new ScheduleJudge(this.world, this.store, this.kind, poll, this.keys);
        for (int i = this.world.below(2); i >= 0; i--) {
            this.keys.add(new LockKey("", "key-" + i));
        }
        LockerSettings settings = settings(poll);
        this.world.tell("%s, %s, messages %s, %s", this.kind, network, messages, settings);
        for (int i = this.world.oneOf(2, 2, 3); i > 0; i--) {
            this.machines.add(machine("m" + i, network, settings));
        }
    }

    /** Empty if every promise was kept; else which was not, and how it came to that. */
    public static LongFunction<String> runs() {
        return Schedule::run;
    }

    private static String run(long seed) {
        try {
            new Schedule(seed, null).run();
            return "";
        } catch (AssertionError | RuntimeException broken) {
            return "schedule " + seed + ": " + broken + "\n" + story(seed, broken);
        }
    }

    /** What the same seed does once more, told step by step. */
    private static String story(long seed, Throwable broken) {
        List<String> told = new ArrayList<>();
        try {
            new Schedule(seed, told).run();
            return "and not once more: it depends on something but the seed";
        } catch (AssertionError | RuntimeException again) {
            if (!String.valueOf(again).equals(String.valueOf(broken))) {
                return "and once more otherwise: " + again;
            }
            StringBuilder story = new StringBuilder();
            told.forEach(line -> story.append(line).append('\n'));
            for (StackTraceElement element : again.getStackTrace()) {
                story.append("    at ").append(element).append('\n');
            }
            return story.toString();
        }
    }

    private LockerSettings settings(Duration poll) {
        LockerSettings usual = LockerSettings.defaults();
        return new LockerSettings(
                "simulated",
                "",
                TTL,
                usual.waitFor(),
                usual.maxTtl(),
                true,
                null,
                Duration.ofMillis(this.world.oneOf(0, 0, 100)),
                poll,
                0,
                this.world.oneOf(0, 3, 64),
                Duration.ofMillis(this.world.oneOf(10, 100)),
                Duration.ZERO);
    }

    private SimulatedNetwork network() {
        long usual = this.world.oneOf(SimulatedWorld.MILLI, 5 * SimulatedWorld.MILLI, SECOND / 14);
        double doubled = this.world.oneOf(0.0, 0.1, 0.3);
        double messageLost = this.world.oneOf(0.0, 0.3, 1.0);
        if (this.kind != Kind.HOSTILE) {
            return new SimulatedNetwork(usual, 0, 0, 0, 0, doubled, 0, messageLost);
        }
        return new SimulatedNetwork(
                usual,
                this.world.oneOf(0.0, 0.05, 0.2),
                this.world.oneOf(0.0, 0.05, 0.2),
                this.world.oneOf(0.0, 0.05, 0.2),
                this.world.oneOf(SECOND / 2, 3 * SECOND),
                doubled,
                this.world.oneOf(0.0, 0.0, 0.1),
                messageLost);
    }

    private SimulatedMachine machine(String name, SimulatedNetwork network, LockerSettings settings) {
        SimulatedMachine[] machine = new SimulatedMachine[1];
        machine[0] = new SimulatedMachine(
                this.world, this.store, network, name, 0.01, settings, COMMAND_TIMEOUT, new LockListener() {
                    @Override
                    public void onLost(LockEvent event, LockLost lost) {
                        ScheduleJudge known = Schedule.this.judge;
                        known.told(machine[0], lost);
                    }
                });
        machine[0].wire().beforeEnd(hold -> this.judge.ends(machine[0], hold));
        for (int i = this.world.oneOf(1, 2, 2, 3); i > 0; i--) {
            this.callers.add(new ScheduleCaller(this.world, this.judge, machine[0], this.keys, name + "." + i));
        }
        return machine[0];
    }

    private void look() {
        if (this.judge != null) {
            this.judge.look();
        }
    }

    private void run() {
        long length = this.world.between(SECOND, 4 * SECOND);
        this.callers.forEach(caller -> caller.askIn(this.world.between(0, SECOND / 2)));
        planFaults(length);
        this.world.passUntil(length);

        this.world.tell("healed");
        this.machines.forEach(machine -> machine.wire().heal());
        this.callers.forEach(ScheduleCaller::askNoMore);
        long patience = 5 * SECOND + 3 * SECOND * this.deaths + SECOND * this.callers.size();
        this.world.passUntil(
                () -> this.callers.stream().allMatch(ScheduleCaller::isHome) || this.world.now() > length + patience);
        this.callers.stream().filter(caller -> !caller.isHome()).findFirst().ifPresent(caller -> {
            throw new AssertionError("still waits or holds " + patience / 1e9 + " s after all was healed: " + caller);
        });
        // a command that is still under way may take the lock for nobody, if the store forgot that it was given up
        long lastArrival = this.machines.stream()
                .mapToLong(machine -> machine.wire().lastArrival())
                .max()
                .orElseThrow();
        // and who died in line, or whose leaving it was forgotten, may be granted the lock for nobody as long as it
        // looks alive
        int lives = this.deaths > 0 || this.store.backAt() > 0 ? 2 : 1;
        this.world.passUntil(Math.max(this.world.now(), Math.max(lastArrival, this.store.backAt()))
                + lives * ScheduleCaller.LONGEST_TTL.toNanos()
                + this.machines.get(0).settings().grace().toNanos()
                + SECOND / 4);
        this.judge.closeTheBooks(this.machines);
    }

    // ---- what goes wrong ----

    private void planFaults(long length) {
        if (this.kind != Kind.HOSTILE) {
            planPause(length);
        } else {
            for (SimulatedMachine machine : this.machines) {
                for (int i = this.world.below(3); i > 0; i--) {
                    at(length, () -> machine.sleep(this.world.between(0, 2 * SECOND)));
                }
            }
            maybe(0.3, length, () -> this.store.standStill(this.world.between(0, 2 * SECOND)));
            maybe(0.3, length, () -> die(this.world.oneOf(this.machines.toArray(SimulatedMachine[]::new))));
        }
        if (this.kind == Kind.FORGETFUL || this.kind == Kind.HOSTILE && this.world.happens(0.3)) {
            at(length, this::loseAll);
        }
        maybe(
                0.2,
                length,
                () -> this.world
                        .oneOf(this.machines.toArray(SimulatedMachine[]::new))
                        .setWallClock(this.world.oneOf(3_600_000, -3_600_000)));
    }

    /** One, which leaves two thirds of any lease. */
    private void planPause(long length) {
        long pause = this.world.between(0, SECOND / 4);
        if (this.world.happens(0.5)) {
            at(length, () -> this.store.standStill(pause));
        } else {
            at(length, () -> this.machines.get(0).sleep(pause));
        }
    }

    private void maybe(double probability, long length, Runnable what) {
        if (this.world.happens(probability)) {
            at(length, what);
        }
    }

    private void at(long length, Runnable what) {
        this.world.later(this.world.between(0, length), null, what);
    }

    private void loseAll() {
        if (!this.store.isAway()) {
            this.store.loseAll(this.world.between(SimulatedWorld.MILLI, SECOND / 3));
        }
    }

    private void die(SimulatedMachine machine) {
        this.world.tell("%s dies", machine);
        this.deaths++;
        machine.die();
        if (this.world.happens(0.5)) {
            this.store.forget(machine); // else its connections look alive for a while
        }
        this.callers.forEach(caller -> caller.diesWith(machine));
    }
}
