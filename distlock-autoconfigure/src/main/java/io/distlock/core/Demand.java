package io.distlock.core;

import io.distlock.LeaseScope;
import io.distlock.LockRequest;
import io.distlock.driver.Claim;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to get what a request asks for.
 *
 * @param terms what it asks for besides keys
 * @param facts about the holder, to be stored beside the lock
 * @param holds locks that it holds already, as {@code locker/key}
 * @param id of the attempt, for listeners
 */
record Demand(Terms terms, String facts, List<String> holds, long id) {

    /** So many of the locks are told that a caller holds who asks for another. */
    static final int MOST_HELD = 8;

    /** @param terms of the request */
    static Demand of(LockRequest request, Terms terms, Details details) {
        String method = request.method().orElse(null);
        return new Demand(
                terms,
                terms.permits() == Claim.ALONE
                        ? details.of(terms.name(), method, request.metadata())
                        : details.ofSharer(terms.name(), method, request.metadata(), terms.permits()),
                LeaseScope.held(MOST_HELD),
                newId());
    }

    /** Random, since a counter would be one more thing that all threads write. */
    private static long newId() {
        return ThreadLocalRandom.current().nextLong();
    }

    /** The same for one more key, ready to wait for what is left of a wait. */
    Demand waiting(long left) {
        return new Demand(this.terms.waiting(Math.max(0, left)), this.facts, this.holds, newId());
    }

    /** The same of somebody who holds those locks, too: some of them are told to whom it may concern. */
    Demand whileHolding(List<String> locks) {
        if (locks.isEmpty() || this.holds.containsAll(locks)) {
            return this;
        }
        List<String> all = Stream.concat(locks.stream(), this.holds.stream())
                .distinct()
                .limit(MOST_HELD)
                .toList();
        return new Demand(this.terms, this.facts, all, this.id);
    }

    /** What is stored beside the lock. */
    String details() {
        return this.holds.isEmpty() ? this.facts : this.facts + Details.holding(this.holds);
    }

    // ---- its terms ----

    String name() {
        return this.terms.name();
    }

    Duration ttl() {
        return this.terms.ttl();
    }

    long waitFor() {
        return this.terms.waitFor();
    }

    boolean isPatient() {
        return this.terms.waitFor() > 0;
    }

    boolean autoRenew() {
        return this.terms.autoRenew();
    }

    long maxHold() {
        return this.terms.maxHold();
    }

    Duration holdAtLeast() {
        return this.terms.holdAtLeast();
    }

    @Nullable
    String token() {
        return this.terms.token();
    }

    boolean common() {
        return this.terms.common();
    }

    int permits() {
        return this.terms.permits();
    }

    boolean isShared() {
        return this.terms.permits() != Claim.ALONE;
    }
}
