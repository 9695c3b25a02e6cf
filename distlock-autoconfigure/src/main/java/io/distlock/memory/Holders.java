package io.distlock.memory;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState.Sharer;
import io.distlock.driver.SharingDriver;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Those who hold one lock: nobody, one, or several who share it. Whoever's time is over holds nothing. */
final class Holders {

    /** Who was granted it first of those who hold it; of most locks, the only one. */
    private @Nullable Holder first;

    /** The others by token, in the order of their grants. */
    private Map<String, Holder> others = Map.of();

    void dropExpired(long now) {
        Holder earliest = this.first;
        if (earliest == null) {
            return;
        }
        if (!this.others.isEmpty()) {
            this.others.values().removeIf(holder -> holder.isOver(now));
        }
        if (earliest.isOver(now)) {
            remove(earliest);
        }
    }

    boolean isEmpty() {
        return this.first == null;
    }

    private int size() {
        return (this.first == null ? 0 : 1) + this.others.size();
    }

    /** Whether so many and the others agree to one more. */
    boolean hasRoomFor(Claim claim) {
        if (isEmpty()) {
            return true;
        }
        return size() < claim.permits()
                && by(claim.hold().token()) == null
                && all().allMatch(holder -> size() < holder.claim.permits());
    }

    void add(Claim claim, Attempt.Granted granted, long until) {
        Holder holder = new Holder(claim, granted, until);
        if (this.first == null) {
            this.first = holder;
            return;
        }
        this.others = this.others.isEmpty() ? new LinkedHashMap<>() : this.others;
        this.others.put(holder.token(), holder);
    }

    void remove(Holder holder) {
        if (holder != this.first) {
            this.others.remove(holder.token());
        } else if (this.others.isEmpty()) {
            this.first = null;
        } else {
            Iterator<Holder> next = this.others.values().iterator();
            this.first = next.next();
            next.remove();
        }
    }

    @Nullable
    Holder by(String token) {
        Holder earliest = this.first;
        return earliest != null && earliest.token().equals(token) ? earliest : others(token);
    }

    private @Nullable Holder others(String token) {
        return this.others.isEmpty() ? null : this.others.get(token);
    }

    /** Of that token and attempt, or of that token where no attempt is named. */
    @Nullable
    Holder of(Hold hold) {
        Holder known = by(hold.token());
        boolean same = known != null
                && (hold.attempt().equals(Hold.ANY_ATTEMPT)
                        || hold.attempt().equals(known.claim.hold().attempt()));
        return same ? known : null;
    }

    /** What stands at the key. */
    String token() {
        Holder earliest = first();
        return earliest.claim.isShared() ? SharingDriver.SHARED : earliest.token();
    }

    /** There must be one. */
    Holder first() {
        return Objects.requireNonNull(this.first);
    }

    private Stream<Holder> all() {
        return Stream.concat(Stream.ofNullable(this.first), this.others.values().stream());
    }

    boolean areSharing() {
        return this.first != null && this.first.claim.isShared();
    }

    long until() {
        long latest = first().until;
        for (Holder holder : this.others.values()) {
            latest = holder.until - latest > 0 ? holder.until : latest;
        }
        return latest;
    }

    /** When the first of them is over. */
    long firstEnd() {
        long earliest = first().until;
        for (Holder holder : this.others.values()) {
            earliest = holder.until - earliest < 0 ? holder.until : earliest;
        }
        return earliest;
    }

    List<Sharer> sharers(long now) {
        return areSharing() ? all().map(holder -> holder.show(now)).toList() : List.of();
    }

    /** One of them. */
    static final class Holder {

        private Claim claim;

        private Attempt.Granted granted;

        private long until;

        /** Whom it was adopted from; its own, if from nobody. */
        private String former;

        private Holder(Claim claim, Attempt.Granted granted, long until) {
            this.claim = claim;
            this.granted = granted;
            this.until = until;
            this.former = claim.hold().attempt();
        }

        boolean isOver(long now) {
            return this.until - now <= 0;
        }

        String token() {
            return this.claim.hold().token();
        }

        String attempt() {
            return this.claim.hold().attempt();
        }

        String details() {
            return this.claim.details();
        }

        Attempt.Granted granted() {
            return this.granted;
        }

        long until() {
            return this.until;
        }

        void until(long next) {
            this.until = next;
        }

        void atLeastUntil(long least) {
            this.until = least - this.until > 0 ? least : this.until;
        }

        /** Goes on under another attempt, with the last of its fences and as many others as before. */
        void goOnAs(Claim adopter) {
            this.former = attempt().equals(adopter.hold().attempt()) ? this.former : attempt();
            this.claim =
                    new Claim(adopter.hold(), adopter.ttl(), adopter.fences(), adopter.details(), this.claim.permits());
            this.granted = new Attempt.Granted(this.granted.fence() + this.granted.fences() - 1, 1);
        }

        /** To whom it was adopted from, who is named. */
        String giveBack() {
            Hold before = new Hold(this.claim.key(), token(), this.former);
            this.claim = new Claim(
                    before, this.claim.ttl(), this.claim.fences(), this.claim.details(), this.claim.permits());
            return this.former;
        }

        private Sharer show(long now) {
            return new Sharer(token(), Duration.ofNanos(this.until - now), this.granted.fence(), details());
        }
    }
}
