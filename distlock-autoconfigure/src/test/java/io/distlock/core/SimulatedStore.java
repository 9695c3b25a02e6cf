package io.distlock.core;

import io.distlock.driver.Attempt;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LineDriver.Grant;
import io.distlock.driver.LockKey;
import io.distlock.driver.SharingDriver;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The store, by the same rules as the scripts in Redis (the driver in memory), which may stand still and lose all it has.
 * Remembers what it granted, and judges the fences of it.
 */
final class SimulatedStore {

    private static final Duration RETENTION = Duration.ofMinutes(1);

    private final SimulatedWorld world;

    private final Duration commandTimeout;

    private final boolean messages;

    private final Map<SimulatedMachine, DriverSettings> settings = new LinkedHashMap<>();

    private final Map<SimulatedMachine, SharingDriver> drivers = new HashMap<>();

    /** By their first fence, of each key. */
    private final Map<LockKey, NavigableMap<Long, Granted>> grants = new HashMap<>();

    private final Map<LockKey, Seen> seen = new HashMap<>();

    private long questions;

    private MemoryLockDriverFactory life;

    private SharingDriver observer;

    private int epoch;

    private long lostAt;

    private long backAt;

    private boolean empty;

    SimulatedStore(SimulatedWorld world, Duration commandTimeout, boolean messages) {
        this.world = world;
        this.commandTimeout = commandTimeout;
        this.messages = messages;
        this.life = born();
        this.observer = observer();
    }

    private SharingDriver observer() {
        return this.life.create(new DriverSettings(
                "observer", "", "observer", this.commandTimeout, RETENTION, false, Optional.empty()));
    }

    private MemoryLockDriverFactory born() {
        return this.world.in(null, () -> new MemoryLockDriverFactory(this.world::now));
    }

    void connect(SimulatedMachine machine, Instance instance) {
        DriverSettings settings = new DriverSettings(
                "simulated", "", instance.id(), this.commandTimeout, RETENTION, this.messages, Optional.empty());
        this.settings.put(machine, settings);
        this.drivers.put(machine, this.life.create(settings));
    }

    /** From here on nobody is told by messages what that machine gets. */
    void forget(SimulatedMachine machine) {
        driver(machine).close();
        this.drivers.put(machine, this.life.create(settings(machine))); // for commands that are still under way
    }

    private DriverSettings settings(SimulatedMachine machine) {
        return Objects.requireNonNull(this.settings.get(machine));
    }

    // ---- what happens to it ----

    /** It stands still until then; what arrives meanwhile is answered afterwards. */
    void standStill(long time) {
        this.world.tell("the store stands still for %.3f ms", time / 1e6);
        this.backAt = Math.max(this.backAt, this.world.now() + time);
    }

    /** It ends, and is back after that time without anything that it knew; what arrives meanwhile is lost. */
    void loseAll(long time) {
        this.world.tell("the store loses all, and is back in %.3f ms", time / 1e6);
        this.epoch++;
        this.questions++;
        this.empty = true;
        this.lostAt = this.world.now();
        this.backAt = this.world.now() + time;
        this.world.later(time, null, () -> {
            this.empty = false;
            this.life = born();
            this.observer = observer();
            this.questions++;
            this.settings.forEach((machine, settings) -> {
                this.drivers.put(machine, this.life.create(settings));
                if (!machine.isDead()) {
                    machine.wire().listenAgain();
                }
            });
        });
    }

    long lostAt() {
        return this.lostAt;
    }

    /** Until when nothing is answered. */
    long backAt() {
        return this.backAt;
    }

    boolean isAway() {
        return this.empty;
    }

    int epoch() {
        return this.epoch;
    }

    // ---- what it is asked ----

    <T> T ask(SimulatedMachine machine, Function<LineDriver, CompletionStage<T>> question) {
        return ask(driver(machine), question);
    }

    private SharingDriver driver(SimulatedMachine machine) {
        return Objects.requireNonNull(this.drivers.get(machine));
    }

    private <T> T ask(SharingDriver driver, Function<LineDriver, CompletionStage<T>> question) {
        this.questions++;
        try {
            return this.world.in(
                    null, () -> question.apply(driver).toCompletableFuture().join());
        } catch (CompletionException failure) {
            throw this.world.broken(new AssertionError(failure));
        }
    }

    /** What stands at that key; null = nothing. Looked up when it may have changed. */
    @Nullable
    String holder(LockKey key) {
        Seen known = this.seen.get(key);
        if (known == null || known.questions != this.questions || this.world.now() >= known.until) {
            long before = this.questions;
            Optional<KeyState> state = ask(this.observer, driver -> driver.inspect(key));
            this.questions = before;
            long until = state.flatMap(KeyState::remaining)
                    .map(left -> this.world.now() + left.toNanos())
                    .orElse(Long.MAX_VALUE);
            known = new Seen(state.map(KeyState::token).orElse(null), before, until);
            this.seen.put(key, known);
        }
        return known.holder;
    }

    private record Seen(@Nullable String holder, long questions, long until) {}

    /** Everything that every grant must keep: fences above all that were issued for that key before. */
    void granted(Hold hold, Attempt.Granted granted) {
        NavigableMap<Long, Granted> before = this.grants.computeIfAbsent(hold.key(), key -> new TreeMap<>());
        Granted known = before.get(granted.fence());
        if (known != null && known.hold.equals(hold)) {
            return;
        }
        Map.Entry<Long, Granted> highest = before.lastEntry();
        if (highest != null && granted.fence() <= highest.getKey() + highest.getValue().fences - 1) {
            throw this.world.broken(new AssertionError("fences must rise: " + hold + " was granted " + granted
                    + " after " + highest.getValue() + " from " + highest.getKey()));
        }
        before.put(granted.fence(), new Granted(hold, granted.fences(), this.epoch));
    }

    void granted(Grant grant) {
        granted(grant.hold(), grant.granted());
    }

    /** Of which grant a lease with that fence is. */
    Granted grantOf(LockKey key, long fence) {
        NavigableMap<Long, Granted> known = this.grants.get(key);
        Map.Entry<Long, Granted> grant = known == null ? null : known.floorEntry(fence);
        if (grant == null || fence >= grant.getKey() + grant.getValue().fences) {
            throw this.world.broken(new AssertionError("the store never issued fence " + fence + " of " + key));
        }
        return grant.getValue();
    }

    /** @param epoch how often all had been lost before */
    record Granted(Hold hold, int fences, int epoch) {}
}
