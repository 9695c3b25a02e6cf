package io.distlock.memory;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState.Sharer;
import io.distlock.driver.SharingDriver;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Those who hold one lock: nobody, one, or several who share it. Whoever's time is over holds nothing. */
final class Holders {

    /** By token, in the order of their grants. */
    private final Map<String, Holder> all = new LinkedHashMap<>(1);

    void dropExpired(long now) {
        if (!this.all.isEmpty()) {
            this.all.values().removeIf(holder -> holder.until - now <= 0);
        }
    }

    boolean isEmpty() {
        return this.all.isEmpty();
    }

    /** Whether so many and the others agree to one more. */
    boolean hasRoomFor(Claim claim) {
        if (this.all.isEmpty()) {
            return true;
        }
        return this.all.size() < claim.permits()
                && !this.all.containsKey(claim.hold().token())
                && this.all.values().stream().allMatch(holder -> this.all.size() < holder.claim.permits());
    }

    void add(Claim claim, Attempt.Granted granted, long until) {
        this.all.put(claim.hold().token(), new Holder(claim, granted, until));
    }

    void remove(Holder holder) {
        this.all.remove(holder.token());
    }

    @Nullable
    Holder by(String token) {
        return this.all.get(token);
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
        Holder first = first();
        return first.claim.isShared() ? SharingDriver.SHARED : first.token();
    }

    Holder first() {
        return this.all.values().iterator().next();
    }

    boolean areSharing() {
        return !isEmpty() && first().claim.isShared();
    }

    long until() {
        long latest = first().until;
        for (Holder holder : this.all.values()) {
            latest = holder.until - latest > 0 ? holder.until : latest;
        }
        return latest;
    }

    /** When the first of them is over. */
    long firstEnd() {
        long first = first().until;
        for (Holder holder : this.all.values()) {
            first = holder.until - first < 0 ? holder.until : first;
        }
        return first;
    }

    List<Sharer> sharers(long now) {
        return areSharing()
                ? this.all.values().stream().map(holder -> holder.show(now)).toList()
                : List.of();
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
