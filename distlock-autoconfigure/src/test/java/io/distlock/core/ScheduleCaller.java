package io.distlock.core;

import io.distlock.Lease;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.core.ScheduleJudge.Held;
import io.distlock.driver.LockKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Somebody on a machine who wants a key, waits, gives up, works under it, gives it back, and wants the next. */
final class ScheduleCaller {

    static final Duration LONGEST_TTL = Schedule.TTL.multipliedBy(2);

    private static final Duration PATIENT = Duration.ofMinutes(1);

    private static final long SECOND = Schedule.TTL.toNanos();

    /** What the slices of timers add to times, in which questions are gathered too. */
    private static final long SLACK = 120 * SimulatedWorld.MILLI;

    private final SimulatedWorld world;

    private final ScheduleJudge judge;

    private final SimulatedMachine machine;

    private final List<LockKey> keys;

    private final String name;

    private boolean over;

    private boolean home = true;

    private @Nullable LockRequest request;

    private @Nullable LockKey key;

    private long askedAt;

    private long sleptBefore;

    ScheduleCaller(
            SimulatedWorld world, ScheduleJudge judge, SimulatedMachine machine, List<LockKey> keys, String name) {
        this.world = world;
        this.judge = judge;
        this.machine = machine;
        this.keys = keys;
        this.name = name;
    }

    void askIn(long delay) {
        this.world.later(delay, this.machine, this::ask);
    }

    void askNoMore() {
        this.over = true;
    }

    void diesWith(SimulatedMachine dead) {
        if (dead == this.machine) {
            this.over = true;
            this.home = true;
            this.judge.leaves(this.name);
        }
    }

    boolean isHome() {
        return this.home;
    }

    private void ask() {
        if (this.over) {
            return;
        }
        LockKey wanted = this.keys.get(this.world.below(this.keys.size()));
        LockRequest next = request(wanted);
        this.key = wanted;
        this.request = next;
        this.home = false;
        this.askedAt = this.world.now();
        this.sleptBefore = this.machine.slept();
        this.world.tell("%s: asks for %s, ttl %s, wait %s", this.name, wanted, next.ttl(), next.waitFor());
        CompletableFuture<Lease> pending = this.machine.ask(next);
        if (isPatient(next)) {
            this.judge.waits(this.name, this.machine, wanted);
        }
        pending.whenComplete((lease, failure) -> answered(wanted, next, lease, failure));
        if (this.world.happens(0.15)) {
            this.world.later(this.world.between(0, SECOND), this.machine, () -> {
                if (pending.cancel(true)) {
                    this.world.tell("%s: cancels", this.name);
                }
            });
        }
    }

    private LockRequest request(LockKey wanted) {
        Duration ttl = this.world.oneOf(Schedule.TTL, Schedule.TTL, LONGEST_TTL);
        Duration waitFor =
                this.world.oneOf(Duration.ZERO, Duration.ofMillis(this.world.between(1, 1500)), PATIENT, PATIENT);
        LockRequest asked = LockRequest.of(wanted.key()).ttl(ttl).waitFor(waitFor);
        if (this.world.happens(0.1)) {
            asked = asked.autoRenew(false);
        }
        if (this.world.happens(0.1)) {
            asked = asked.token("token of " + this.name); // the same again and again
        }
        return asked;
    }

    private static boolean isPatient(LockRequest request) {
        return request.waitFor().orElseThrow().equals(PATIENT);
    }

    // ---- the answer ----

    private void answered(LockKey wanted, LockRequest asked, @Nullable Lease lease, @Nullable Throwable failure) {
        this.judge.leaves(this.name);
        long took = this.world.now() - this.askedAt;
        long waitFor = asked.waitFor().orElseThrow().toNanos();
        if (failure instanceof CancellationException) {
            goOn();
            return;
        }
        this.world.tell("%s: has waited %.3f ms: %s", this.name, took / 1e6, lease == null ? failure : lease);
        long latest = waitFor
                + this.judge.mostQuestions(asked) * Schedule.COMMAND_TIMEOUT.toNanos()
                + this.machine.slept()
                - this.sleptBefore
                + SLACK;
        if (took > latest * 1.01) {
            throw this.world.broken(new AssertionError(
                    this.name + " was answered after " + took / 1e6 + " ms, should have been after " + latest / 1e6));
        }
        if (lease instanceof LeaseInHand taken) {
            boolean awake = this.machine.slept() == this.sleptBefore;
            work(this.judge.granted(this.machine, wanted, taken, asked, awake));
        } else if (failure instanceof LockNotAcquiredException refused) {
            if (refused.reason() != Reason.BUSY || took < waitFor * 0.98) {
                throw this.world.broken(new AssertionError(
                        this.name + " was refused too early, after " + took / 1e6 + " ms: " + refused));
            }
            goOn();
        } else if (failure instanceof LockUnavailableException
                && (this.machine.wire().wasTroubled() || failure.getMessage().contains("an earlier attempt"))) {
            goOn(); // the end of that attempt may have been overtaken
        } else {
            throw this.world.broken(new AssertionError(this.name + " was answered " + lease, failure));
        }
    }

    private void goOn() {
        this.home = true;
        askIn(this.world.oneOf(
                this.world.between(0, SECOND / 50), this.world.between(0, SECOND / 2), this.world.between(0, SECOND)));
    }

    // ---- what it does under the lock ----

    private void work(Held held) {
        boolean renewed = held.isRenewed();
        long most = this.over || !renewed ? SECOND / 2 : 2 * SECOND;
        long time = this.world.oneOf(0L, this.world.between(0, 20 * SimulatedWorld.MILLI), this.world.between(0, most));
        this.world.later(time, this.machine, () -> giveBack(held));
    }

    private void giveBack(Held held) {
        this.world.tell("%s: gives back %s", this.name, held);
        held.giveBack(this.machine.desk(), () -> {
            this.world.tell("%s: %s was %s", this.name, held, held.outcome());
            goOn();
        });
    }

    @Override
    public String toString() {
        return this.name + " (" + this.request + ", asked at " + this.askedAt / 1e6 + " ms)";
    }
}
