package io.distlock.memory;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import io.distlock.memory.Holders.Holder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One lock: who holds it, who waits, and what is remembered beside it, by the rules of the scripts in Redis. Not safe for
 * several threads: whoever asks holds its monitor, which is never for long.
 */
final class Place {

    private final MemoryStore store;

    private final Holders holders = new Holders();

    private final Line line;

    private final Attempts released = new Attempts();

    /** Attempts that ended without releasing. */
    private final Attempts ended = new Attempts();

    private @Nullable String releasedByToken;

    private long lastFence;

    private long rememberedUntil;

    private List<Message> messages = List.of();

    private boolean forgotten;

    /** The store's time. */
    private long now;

    Place(MemoryStore store, long now) {
        this.store = store;
        this.line = new Line(store);
        this.rememberedUntil = now;
        this.now = now;
    }

    /** Until the next time, all that is asked is asked at this one; whoever's hold is over by then is none. */
    void enter(long now) {
        this.now = now;
        this.holders.dropExpired(now);
    }

    long now() {
        return this.now;
    }

    /** Whether nothing of it is needed any more. */
    boolean isOver() {
        return this.holders.isEmpty() && this.rememberedUntil - this.now <= 0 && !this.line.isAnyAlive(this.now);
    }

    void forget() {
        this.forgotten = true;
    }

    /** Whether the store knows another by its name, or none. */
    boolean isForgotten() {
        return this.forgotten;
    }

    /** What a question handed on, to be sent when it has been answered. */
    List<Message> takeMessages() {
        List<Message> taken = this.messages;
        this.messages = List.of();
        return taken;
    }

    /** @param asker as which it may stand in line; null = as nobody */
    Attempt ask(Claim claim, @Nullable String asker, Duration retention) {
        long now = now();
        String attempt = claim.hold().attempt();
        if (hasEnded(attempt)) {
            return new Attempt.Ended();
        }
        Holder known = this.holders.of(claim.hold());
        if (known != null) {
            known.atLeastUntil(now + claim.ttl().toNanos());
            return known.granted();
        }
        if (serve(asker, now) && this.holders.hasRoomFor(claim)) {
            if (asker != null) {
                this.line.remove(asker);
            }
            return grant(claim, now, retention);
        }
        return busy(claim, now);
    }

    void stand(Member asker) {
        this.line.stand(asker);
    }

    void leave(Question leaver) {
        this.line.leave(leaver);
    }

    /** Why a claim among several cannot have it now; null = it can. Whoever stands in line before it gets it. */
    @Nullable
    Attempt refusal(Claim claim) {
        long now = now();
        if (hasEnded(claim.hold().attempt())) {
            return new Attempt.Ended();
        }
        boolean free = this.holders.of(claim.hold()) != null || serve(null, now) && this.holders.hasRoomFor(claim);
        return free ? null : busy(claim, now);
    }

    /** Who could share it is free when the first of the others goes. */
    private Attempt.Busy busy(Claim claim, long now) {
        boolean shares = claim.isShared() && claim.permits() != Claim.ANY_NUMBER;
        long freeAt = shares ? this.holders.firstEnd() : this.holders.until();
        return new Attempt.Busy(
                Optional.of(Duration.ofNanos(freeAt - now)),
                this.holders.token(),
                OptionalLong.of(shownFence()),
                details());
    }

    /** @param leaves whether late questions of that attempt are refused from here on */
    Ownership end(Release release, boolean leaves, Duration retention) {
        long now = now();
        Hold hold = release.hold();
        boolean before =
                isByToken(hold) ? hold.token().equals(this.releasedByToken) : this.released.contains(hold.attempt());
        Holder known = this.holders.of(hold);
        if (known != null) {
            noteEnd(hold, known);
            if (release.keepFor().isZero()) {
                this.holders.remove(known);
            }
            known.until(now + release.keepFor().toNanos());
            this.rememberedUntil = known.until() + retention.toNanos();
            return Ownership.OURS;
        }
        if (leaves && !before) {
            this.ended.add(hold.attempt(), this.holders.areSharing());
            remember(now, retention);
        }
        return before ? Ownership.OURS : whose();
    }

    private void noteEnd(Hold hold, Holder known) {
        boolean shared = this.holders.areSharing();
        if (isByToken(hold)) {
            this.ended.add(known.attempt(), shared);
            this.releasedByToken = hold.token();
        } else {
            this.released.add(known.attempt(), shared);
        }
    }

    /** The first who wait get a lock that has room for them. */
    void moveOn() {
        serve(null, now());
    }

    /** @return whether nobody else is left who comes before the asker, for whom there may be room */
    private boolean serve(@Nullable String asker, long now) {
        while (this.holders.isEmpty() || this.holders.areSharing()) {
            Member next = this.line.first(asker, now);
            if (next == null) {
                return true;
            }
            if (!this.holders.hasRoomFor(next.claim())) {
                return false;
            }
            this.line.remove(next.name());
            hand(next, now);
        }
        return false;
    }

    private void hand(Member next, long now) {
        Attempt.Granted granted = grant(next.claim(), now, next.retention());
        if (next.listens()) {
            this.messages = this.messages.isEmpty() ? new ArrayList<>(1) : this.messages;
            this.messages.add(next.message(granted));
        }
    }

    private Attempt.Granted grant(Claim claim, long now, Duration retention) {
        long fence = this.store.fence(now);
        boolean outrun = this.lastFence >= fence; // by a block; one by one, the numbers cannot outrun the clock
        Attempt.Granted granted = new Attempt.Granted(outrun ? this.lastFence + 1 : fence, outrun ? 1 : claim.fences());
        this.lastFence = granted.fence() + granted.fences() - 1;
        long until = now + claim.ttl().toNanos();
        this.holders.add(claim, granted, until);
        this.rememberedUntil = until;
        remember(now, retention);
        return granted;
    }

    Ownership renew(Renewal renewal, Duration retention) {
        long now = now();
        Holder known = this.holders.of(renewal.hold());
        if (known == null) {
            return whose();
        }
        known.atLeastUntil(now + renewal.ttl().toNanos());
        remember(now, retention);
        return Ownership.OURS;
    }

    Ownership extend(Hold hold, Duration ttl, Duration retention) {
        long now = now();
        Holder known = this.holders.of(hold);
        if (known == null) {
            return whose();
        }
        known.until(now + ttl.toNanos());
        this.rememberedUntil = known.until();
        remember(now, retention);
        return Ownership.OURS;
    }

    Optional<Duration> ttl(Hold hold) {
        long now = now();
        return Optional.ofNullable(this.holders.of(hold)).map(known -> Duration.ofNanos(known.until() - now));
    }

    Optional<Attempt.Granted> adopt(Claim claim, Duration retention) {
        long now = now();
        Holder known = this.holders.by(claim.hold().token());
        if (known == null || hasEnded(claim.hold().attempt())) {
            return Optional.empty();
        }
        if (!known.attempt().equals(claim.hold().attempt())) {
            this.ended.add(known.attempt(), this.holders.areSharing());
        }
        known.goOnAs(claim);
        known.atLeastUntil(now + claim.ttl().toNanos());
        remember(now, retention);
        return Optional.of(known.granted());
    }

    Ownership disown(Hold adopter, Duration retention) {
        long now = now();
        Holder known = this.holders.of(adopter);
        if (known != null) {
            this.ended.remove(known.giveBack());
        }
        if (this.holders.by(adopter.token()) != null && !hasEnded(adopter.attempt())) {
            this.ended.add(adopter.attempt(), this.holders.areSharing());
            remember(now, retention);
        }
        return known != null ? Ownership.OURS : whose();
    }

    private boolean hasEnded(String attempt) {
        return this.released.contains(attempt) || this.ended.contains(attempt);
    }

    Optional<KeyState> state() {
        long now = now();
        if (this.holders.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new KeyState(
                this.holders.token(),
                Optional.of(Duration.ofNanos(this.holders.until() - now)),
                OptionalLong.of(shownFence()),
                details(),
                this.line.instances(),
                this.line.details(),
                this.holders.sharers(now)));
    }

    /** Of one who holds it alone. */
    private Optional<String> details() {
        return this.holders.areSharing()
                ? Optional.empty()
                : Optional.of(this.holders.first().details());
    }

    /** Of one who holds it alone the first, of several the last. */
    private long shownFence() {
        return this.holders.areSharing()
                ? this.lastFence
                : this.holders.first().granted().fence();
    }

    private static boolean isByToken(Hold hold) {
        return hold.attempt().equals(Hold.ANY_ATTEMPT);
    }

    /** Among those who share it, whoever is not there any more has only lost its own hold. */
    private Ownership whose() {
        return this.holders.isEmpty() || this.holders.areSharing() ? Ownership.GONE : Ownership.TAKEN;
    }

    private void remember(long now, Duration retention) {
        long until = now + retention.toNanos();
        this.rememberedUntil = until - this.rememberedUntil > 0 ? until : this.rememberedUntil;
    }
}
