package io.distlock.memory;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One lock: who holds it, who waits, and what is remembered beside it, by the rules of the scripts in Redis. Not safe for
 * several threads: the store lets one in at a time.
 */
final class Place {

    private final MemoryStore store;

    private final Line line;

    private final Attempts released = new Attempts();

    /** Attempts that ended without releasing. */
    private final Attempts ended = new Attempts();

    private @Nullable String releasedByToken;

    /** Of the last grant; what of it is still held, {@link #until} says. */
    private @Nullable Hold holder;

    private String details = "";

    private long until;

    private long firstFence;

    private int fences;

    private long lastFence;

    private long rememberedUntil;

    private @Nullable Message message;

    Place(MemoryStore store, long now) {
        this.store = store;
        this.line = new Line(store);
        this.until = now;
        this.rememberedUntil = now;
    }

    /** Whether nothing of it is needed any more. */
    boolean isOver(long now) {
        return this.until - now <= 0 && this.rememberedUntil - now <= 0 && !this.line.isAnyAlive(now);
    }

    /** What a question handed on, to be sent when it has been answered. */
    @Nullable
    Message takeMessage() {
        Message taken = this.message;
        this.message = null;
        return taken;
    }

    /** @param mayStand whether the asker stands in line if the lock is busy, or leaves it */
    Attempt ask(Claim claim, @Nullable Member asker, boolean mayStand, Duration retention) {
        long now = this.store.now();
        String attempt = claim.hold().attempt();
        if (this.released.contains(attempt) || this.ended.contains(attempt)) {
            return new Attempt.Ended();
        }
        if (isHeldBy(claim.hold(), now)) {
            this.until = later(this.until, now + claim.ttl().toNanos());
            return new Attempt.Granted(this.firstFence, this.fences);
        }
        if (!isHeld(now)) {
            Member next = this.line.next(asker == null ? null : asker.name(), now);
            if (next == null) {
                return grant(claim, now, retention);
            }
            hand(next, now);
        }
        if (asker != null && mayStand) {
            this.line.stand(asker);
        } else if (asker != null) {
            this.line.leave(asker);
        }
        return busy(now);
    }

    private Attempt.Busy busy(long now) {
        return new Attempt.Busy(Optional.of(left(now)), token(), OptionalLong.of(this.firstFence));
    }

    /** @param leaver who leaves the line with it, and whose late questions are refused from here on */
    Ownership end(Release release, @Nullable Member leaver, Duration retention) {
        long now = this.store.now();
        Ownership found = end(release, leaver != null, now, retention);
        if (leaver != null) {
            this.line.leave(leaver);
        }
        return found;
    }

    private Ownership end(Release release, boolean leaves, long now, Duration retention) {
        Hold hold = release.hold();
        boolean before =
                isByToken(hold) ? hold.token().equals(this.releasedByToken) : this.released.contains(hold.attempt());
        if (isHeldBy(hold, now)) {
            noteEnd(hold);
            this.until = now + release.keepFor().toNanos();
            this.rememberedUntil = this.until + retention.toNanos();
            return Ownership.OURS;
        }
        if (leaves && !before) {
            this.ended.add(hold.attempt());
            remember(now, retention);
        }
        return before ? Ownership.OURS : whose(now);
    }

    private void noteEnd(Hold hold) {
        String attempt = this.holder == null ? hold.attempt() : this.holder.attempt();
        if (isByToken(hold)) {
            this.ended.add(attempt);
            this.releasedByToken = hold.token();
        } else {
            this.released.add(attempt);
        }
    }

    /** The first who waits gets a lock that nobody holds. */
    void moveOn() {
        long now = this.store.now();
        Member next = isHeld(now) ? null : this.line.next(null, now);
        if (next != null) {
            hand(next, now);
        }
    }

    private void hand(Member next, long now) {
        Attempt.Granted granted = grant(next.claim(), now, next.retention());
        if (next.listens()) {
            this.message = next.message(granted);
        }
    }

    private Attempt.Granted grant(Claim claim, long now, Duration retention) {
        long fence = this.store.fence(now);
        boolean outrun = this.lastFence >= fence; // by a block; one by one, the numbers cannot outrun the clock
        this.firstFence = outrun ? this.lastFence + 1 : fence;
        this.fences = outrun ? 1 : claim.fences();
        this.lastFence = this.firstFence + this.fences - 1;
        this.holder = claim.hold();
        this.details = claim.details();
        this.until = now + claim.ttl().toNanos();
        this.rememberedUntil = this.until;
        remember(now, retention);
        return new Attempt.Granted(this.firstFence, this.fences);
    }

    Ownership renew(Renewal renewal, Duration retention) {
        long now = this.store.now();
        if (!isHeldBy(renewal.hold(), now)) {
            return whose(now);
        }
        this.until = later(this.until, now + renewal.ttl().toNanos());
        remember(now, retention);
        return Ownership.OURS;
    }

    Ownership extend(Hold hold, Duration ttl, Duration retention) {
        long now = this.store.now();
        if (!isHeldByToken(hold, now)) {
            return whose(now);
        }
        this.until = now + ttl.toNanos();
        this.rememberedUntil = this.until;
        remember(now, retention);
        return Ownership.OURS;
    }

    Optional<Duration> ttl(Hold hold) {
        long now = this.store.now();
        return isHeldByToken(hold, now) ? Optional.of(left(now)) : Optional.empty();
    }

    Optional<Attempt.Granted> adopt(Claim claim, Duration retention) {
        long now = this.store.now();
        Hold before = this.holder;
        if (before == null || !isHeldByToken(claim.hold(), now)) {
            return Optional.empty();
        }
        if (!before.attempt().equals(claim.hold().attempt())) {
            this.ended.add(before.attempt());
        }
        this.holder = claim.hold();
        this.firstFence = this.lastFence;
        this.fences = 1;
        this.details = claim.details();
        this.until = later(this.until, now + claim.ttl().toNanos());
        remember(now, retention);
        return Optional.of(new Attempt.Granted(this.firstFence, 1));
    }

    Optional<KeyState> state() {
        long now = this.store.now();
        return isHeld(now)
                ? Optional.of(new KeyState(
                        token(),
                        Optional.of(left(now)),
                        OptionalLong.of(this.firstFence),
                        Optional.of(this.details),
                        this.line.instances(),
                        this.line.details()))
                : Optional.empty();
    }

    private boolean isHeld(long now) {
        return this.until - now > 0;
    }

    private boolean isHeldBy(Hold hold, long now) {
        return isHeldByToken(hold, now)
                && (isByToken(hold) || this.holder != null && hold.attempt().equals(this.holder.attempt()));
    }

    private boolean isHeldByToken(Hold hold, long now) {
        return isHeld(now) && hold.token().equals(token());
    }

    private static boolean isByToken(Hold hold) {
        return hold.attempt().equals(Hold.ANY_ATTEMPT);
    }

    private Ownership whose(long now) {
        return isHeld(now) ? Ownership.TAKEN : Ownership.GONE;
    }

    private String token() {
        return this.holder == null ? "" : this.holder.token();
    }

    private Duration left(long now) {
        return Duration.ofNanos(this.until - now);
    }

    private void remember(long now, Duration retention) {
        this.rememberedUntil = later(this.rememberedUntil, now + retention.toNanos());
    }

    private static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }
}
