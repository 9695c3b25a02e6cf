package io.distlock.core;

import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.ReleaseOutcome;
import io.distlock.core.Schedule.Kind;
import io.distlock.driver.Hold;
import io.distlock.driver.LockKey;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Looks after every event: no two believe in one key at once, whoever believes has it in the store, a hold is ended by its
 * holder alone; and at the end, whether every loss was told once and nothing is left.
 */
final class ScheduleJudge {

    private static final long MILLI = SimulatedWorld.MILLI;

    private static final Field LEASE = field(LeaseInHand.class, "lease");

    /** A slice of the timer that comes late, and what tells of it. */
    private static final long TELLING = 80 * MILLI;

    private final SimulatedWorld world;

    private final SimulatedStore store;

    private final Kind kind;

    private final long poll;

    private final List<Held> all = new ArrayList<>();

    /** Not yet given back. */
    private final List<Held> live = new ArrayList<>();

    private final Map<String, Waiting> waiting = new LinkedHashMap<>();

    private final Map<LockKey, Long> freeSince = new HashMap<>();

    private final Map<LockKey, Unheld> unheld = new HashMap<>();

    private final List<LockKey> keys;

    private final Map<LockKey, Long> highestFence = new HashMap<>();

    ScheduleJudge(SimulatedWorld world, SimulatedStore store, Kind kind, Duration poll, List<LockKey> keys) {
        this.world = world;
        this.store = store;
        this.kind = kind;
        this.poll = poll.toNanos();
        this.keys = keys;
    }

    private static Field field(Class<?> type, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException ex) {
            throw new IllegalStateException(ex);
        }
    }

    /**
     * How many questions one after the other an answer may take when time is up, each of which may go unanswered: one, and
     * one more for a grant to somebody with a shorter ttl, which must be lengthened. Where anything may happen, also what is
     * left of earlier attempts, which is ended first, and grants that come late.
     */
    int mostQuestions(LockRequest request) {
        boolean shortest = request.ttl().orElseThrow().equals(Schedule.TTL);
        // an own attempt that was given up a moment ago is ended first, and then the question is asked once more
        boolean once = shortest && this.kind != Kind.FORGETFUL;
        return this.kind == Kind.HOSTILE ? 4 : once ? 1 : 2;
    }

    // ---- what it is told ----

    void waits(String name, SimulatedMachine machine, LockKey key) {
        this.waiting.put(name, new Waiting(machine, key, this.world.now()));
    }

    void leaves(String name) {
        this.waiting.remove(name);
    }

    /** @param awake whether the machine has not stood still since it was asked for */
    Held granted(SimulatedMachine machine, LockKey key, LeaseInHand lease, LockRequest request, boolean awake) {
        SimulatedStore.Granted grant = this.store.grantOf(key, lease.fencingToken());
        Held held = new Held(machine, key, lease, request, grant);
        if (held.grant.epoch() == this.store.epoch() && held.isBelieved()) {
            long highest = this.highestFence.getOrDefault(key, Long.MIN_VALUE);
            if (lease.fencingToken() <= highest) {
                throw this.world.broken(new AssertionError(held + " was handed out after fence " + highest));
            }
            this.highestFence.put(key, lease.fencingToken());
        }
        this.all.add(held);
        this.live.add(held);
        if (awake && machine.wallAhead() == 0 && this.kind != Kind.HOSTILE && !held.isBelieved()) {
            throw this.world.broken(new AssertionError(held + " was over when it was handed out"));
        }
        lease.onLost(lost -> held.told++);
        return held;
    }

    /** By the listener. */
    void told(SimulatedMachine machine, LockLost lost) {
        this.all.stream()
                .filter(held -> held.machine == machine
                        && lost.keys().contains(held.key.key())
                        && held.lease.fencingToken() == lost.fencingToken())
                .forEach(held -> held.heard++);
    }

    /** Somebody on that machine is about to end that hold in the store. */
    void ends(SimulatedMachine machine, Hold hold) {
        for (Held held : this.live) {
            boolean same = held.grant.hold().token().equals(hold.token())
                    && (hold.attempt().equals(Hold.ANY_ATTEMPT)
                            || hold.attempt().equals(held.grant.hold().attempt()));
            if (same && held.isBelieved()) {
                throw this.world.broken(
                        new AssertionError(machine + " ends " + hold + ", under which somebody works: " + held));
            }
        }
    }

    // ---- after every event ----

    void look() {
        Map<LockKey, Held> believers = new HashMap<>(4);
        for (Held held : this.live) {
            if (held.machine.isDead() || held.machine.isAsleep(this.world.now())) {
                continue;
            }
            if (held.isBelieved()) {
                look(held, believers.put(held.key, held));
            } else {
                lookAtLoss(held);
            }
        }
        if (this.kind == Kind.HARMLESS) {
            lookForFreeKeys();
            this.keys.forEach(this::lookForGhost);
        }
    }

    /** What the store says is held is held by somebody, but for what is just being taken or given back. */
    private void lookForGhost(LockKey key) {
        String token = this.store.holder(key);
        boolean held = token == null
                || this.live.stream()
                        .anyMatch(one ->
                                one.key.equals(key) && one.grant.hold().token().equals(token));
        Unheld before = this.unheld.get(key);
        if (held) {
            this.unheld.remove(key);
        } else if (before == null || !before.token.equals(token)) {
            this.unheld.put(key, new Unheld(token, this.world.now()));
        } else if (this.world.now() - before.since
                > this.poll + 2 * Schedule.COMMAND_TIMEOUT.toNanos() + Schedule.TTL.toNanos() / 4 + TELLING) {
            throw this.world.broken(new AssertionError(key + " is kept by " + token + ", which nobody holds"));
        }
    }

    private void look(Held held, @Nullable Held other) {
        held.believedUntil = this.world.now();
        boolean present = held.grant.epoch() == this.store.epoch();
        if (other != null && other.grant.epoch() == held.grant.epoch()) {
            throw this.world.broken(new AssertionError("two believe at once: " + other + " and " + held));
        }
        if (present && !held.grant.hold().token().equals(this.store.holder(held.key))) {
            throw this.world.broken(
                    new AssertionError(held + " is believed in, but the store has " + this.store.holder(held.key)));
        }
        if (!present && this.kind == Kind.FORGETFUL && held.isRenewed()) {
            // the next renewal, the way there and back, and a pause that may come on top
            long latest = this.store.backAt()
                    + held.ttl() / 3
                    + held.ttl() / 20
                    + 2 * TELLING
                    + Schedule.COMMAND_TIMEOUT.toNanos()
                    + Schedule.TTL.toNanos() / 4;
            if (this.world.now() > latest && latest - this.store.lostAt() < held.ttl()) {
                throw this.world.broken(new AssertionError(held + " is believed in "
                        + (this.world.now() - this.store.backAt()) / MILLI + " ms after the store came back empty"));
            }
        }
    }

    private void lookAtLoss(Held held) {
        long since = this.world.now() - Math.max(held.believedUntil, held.machine.wakesAt());
        // who does not know for sure, since its clock was set, may ask for as long as its key lives
        long latest = held.machine.wallAhead() == 0 ? TELLING : held.ttl() + TELLING;
        if (held.told == 0 && since > latest) {
            throw this.world.broken(
                    new AssertionError("the loss of " + held + " was not told " + since / MILLI + " ms after"));
        }
    }

    /** A free key that somebody waits for is asked for, at the latest at the next poll. */
    private void lookForFreeKeys() {
        for (Waiting one : this.waiting.values()) {
            boolean free = this.store.holder(one.key) == null;
            Long since = this.freeSince.get(one.key);
            if (!free) {
                this.freeSince.remove(one.key);
            } else if (since == null) {
                this.freeSince.put(one.key, this.world.now());
            } else {
                long start = Math.max(Math.max(since, one.since), one.machine.wakesAt());
                long latest = this.poll + Schedule.COMMAND_TIMEOUT.toNanos() + Schedule.TTL.toNanos() / 4 + TELLING;
                if (this.world.now() - start > latest) {
                    throw this.world.broken(new AssertionError(one + " waits for a key that nobody holds"));
                }
            }
        }
    }

    // ---- at the end ----

    void closeTheBooks(List<SimulatedMachine> machines) {
        for (Held held : this.all) {
            boolean lost = held.outcome == ReleaseOutcome.EXPIRED || held.outcome == ReleaseOutcome.TAKEN;
            boolean known = held.outcome != null && held.outcome != ReleaseOutcome.UNKNOWN;
            boolean untold = lost && held.told == 0;
            if (held.told > 1
                    || !lost && known && held.told == 1
                    // who dies right after the outcome may not get to tell
                    || (untold || held.heard != held.told) && !held.machine.isDead()) {
                throw this.world.broken(new AssertionError(held + " ended as " + held.outcome + ", its loss was told "
                        + held.told + " times, to the listener " + held.heard + " times"));
            }
            if (this.kind == Kind.HARMLESS && held.told > 0 && held.isRenewed()) {
                throw this.world.broken(new AssertionError(held + " was lost although nothing harmful happened"));
            }
        }
        for (SimulatedMachine machine : machines) {
            if (!machine.isDead() && !machine.leftovers().isEmpty()) {
                throw this.world.broken(new AssertionError(machine + " keeps " + machine.leftovers()));
            }
        }
        for (LockKey key : this.keys) {
            if (this.store.holder(key) != null) {
                throw this.world.broken(new AssertionError(key + " is still held by " + this.store.holder(key)));
            }
        }
    }

    private record Unheld(String token, long since) {}

    private record Waiting(SimulatedMachine machine, LockKey key, long since) {}

    /** A lease in the hand of its caller. */
    final class Held {

        private final SimulatedMachine machine;

        private final LockKey key;

        private final LeaseInHand lease;

        private final LockRequest request;

        private final SimulatedStore.Granted grant;

        private long believedUntil;

        private int told;

        private int heard;

        private @Nullable ReleaseOutcome outcome;

        private Held(
                SimulatedMachine machine,
                LockKey key,
                LeaseInHand lease,
                LockRequest request,
                SimulatedStore.Granted grant) {
            this.machine = machine;
            this.key = key;
            this.lease = lease;
            this.request = request;
            this.grant = grant;
            this.believedUntil = ScheduleJudge.this.world.now();
        }

        boolean isRenewed() {
            return this.request.autoRenew().orElse(true);
        }

        private long ttl() {
            return this.request.ttl().orElseThrow().toNanos();
        }

        private boolean isBelieved() {
            return ScheduleJudge.this.world.in(this.machine, this.lease::isHeld);
        }

        @Nullable
        ReleaseOutcome outcome() {
            return this.outcome;
        }

        /** As {@code release()} does, whose thread would wait. */
        void giveBack(Desk desk, Runnable then) {
            ScheduleJudge.this.live.remove(this);
            boolean first = this.lease.letGo(desk.ending());
            outcomeOf(this.lease).thenAccept(found -> {
                this.outcome = this.lease.released(first);
                then.run();
            });
        }

        private static CompletableFuture<ReleaseOutcome> outcomeOf(LeaseInHand lease) {
            try {
                return ((KeyLease) Objects.requireNonNull(LEASE.get(lease))).outcomeToCome();
            } catch (IllegalAccessException ex) {
                throw new IllegalStateException(ex);
            }
        }

        @Override
        public String toString() {
            return this.lease + " of " + this.machine;
        }
    }
}
