package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What this driver was granted and has not released, as long as it may live: enough to give it once more to a node that has
 * lost it, and to know for how long a silent node may still have it. Nobody need say that one was lost: it is over with its
 * time.
 */
final class Grants {

    private static final long SWEEP = Duration.ofSeconds(1).toNanos();

    /** For what is not known here: granted elsewhere, or never. */
    private static final long USUAL = Duration.ofMinutes(1).toNanos();

    private final LongSupplier now;

    private final ConcurrentMap<String, Grant> byAttempt = new ConcurrentHashMap<>();

    private final AtomicLong sweptAt;

    Grants(LongSupplier now) {
        this.now = now;
        this.sweptAt = new AtomicLong(now.getAsLong());
    }

    void add(Claim claim, Attempt.Granted fences) {
        sweep();
        this.byAttempt.put(claim.hold().attempt(), new Grant(claim, fences, after(claim.ttl())));
    }

    /** It lives for so long from now, or longer. */
    void lengthen(Hold hold, Duration ttl) {
        long until = after(ttl);
        those(hold).filter(grant -> until - grant.until > 0).forEach(grant -> grant.until = until);
    }

    /** It lives for so long from now, by the wish of its holder. */
    void set(Hold hold, Duration ttl) {
        long until = after(ttl);
        those(hold).forEach(grant -> grant.until = until);
    }

    /** @return when a node that does not answer will have forgotten it by itself */
    long remove(Hold hold) {
        long usual = this.now.getAsLong() + USUAL;
        long until = those(hold)
                .map(grant -> grant.until)
                .reduce((one, other) -> one - other > 0 ? one : other)
                .orElse(usual);
        those(hold).forEach(grant -> this.byAttempt.remove(grant.attempt(), grant));
        return until;
    }

    Optional<Grant> of(Hold hold) {
        return Optional.ofNullable(this.byAttempt.get(hold.attempt())).filter(isAlive());
    }

    int size() {
        return this.byAttempt.size();
    }

    private Stream<Grant> those(Hold hold) {
        return hold.attempt().equals(Hold.ANY_ATTEMPT)
                ? this.byAttempt.values().stream().filter(grant -> grant.isOf(hold))
                : Stream.ofNullable(this.byAttempt.get(hold.attempt()));
    }

    private Predicate<Grant> isAlive() {
        long now = this.now.getAsLong();
        return grant -> grant.until - now > 0;
    }

    private long after(Duration time) {
        return this.now.getAsLong() + time.toNanos();
    }

    private void sweep() {
        long last = this.sweptAt.get();
        long now = this.now.getAsLong();
        if (now - last >= SWEEP && this.sweptAt.compareAndSet(last, now)) {
            this.byAttempt.values().removeIf(isAlive().negate());
        }
    }

    /** One of them. */
    static final class Grant {

        private final Claim claim;

        private final Attempt.Granted fences;

        private volatile long until;

        private Grant(Claim claim, Attempt.Granted fences, long until) {
            this.claim = claim;
            this.fences = fences;
            this.until = until;
        }

        Claim claim() {
            return this.claim;
        }

        /** Found among all nodes. */
        Attempt.Granted fences() {
            return this.fences;
        }

        private String attempt() {
            return this.claim.hold().attempt();
        }

        private boolean isOf(Hold byToken) {
            return this.claim.key().equals(byToken.key())
                    && this.claim.hold().token().equals(byToken.token());
        }
    }
}
