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
 * A request with everything filled in that it left open.
 *
 * @param name label of the lock
 * @param ttl how long a hold lives unless renewed
 * @param waitFor how long the caller is ready to wait, in nanoseconds
 * @param autoRenew whether the hold is renewed
 * @param maxHold after which it is not renewed any more, in nanoseconds
 * @param holdAtLeast how long the key is kept even if the lease is released before
 * @param facts about the holder, to be stored beside the lock
 * @param holds locks that it holds already, as {@code locker/key}
 * @param token to store; null = one of our own
 * @param common whether a hold taken for one such demand can serve another: it has no token or metadata of its own
 *     and is not shared
 * @param permits with how many holders at most, itself among them
 * @param id of the attempt, for listeners
 */
record Demand(
        String name,
        Duration ttl,
        long waitFor,
        boolean autoRenew,
        long maxHold,
        Duration holdAtLeast,
        String facts,
        List<String> holds,
        @Nullable String token,
        boolean common,
        int permits,
        long id) {

    /** So many of the locks are told that a caller holds who asks for another. */
    static final int MOST_HELD = 8;

    private static final long NEVER = Long.MAX_VALUE / 4;

    /** @param ttl of the request, found allowed */
    static Demand of(LockRequest request, Duration ttl, LockerSettings settings, Details details) {
        Duration maxHold = request.maxHold().orElse(settings.maxHold());
        String token = request.token().orElse(null);
        String name = request.name().orElse(settings.name());
        String method = request.method().orElse(null);
        int permits = request.permits();
        return new Demand(
                name,
                ttl,
                request.waitFor().orElse(settings.waitFor()).toNanos(),
                request.autoRenew().orElse(settings.autoRenew()),
                maxHold == null ? NEVER : maxHold.toNanos(),
                request.holdAtLeast(),
                permits == Claim.ALONE
                        ? details.of(name, method, request.metadata())
                        : details.ofSharer(name, method, request.metadata(), permits),
                LeaseScope.held(MOST_HELD),
                token,
                token == null
                        && request.metadata().isEmpty()
                        && request.holdAtLeast().isZero()
                        && permits == Claim.ALONE,
                permits,
                newId());
    }

    /** Random, since a counter would be one more thing that all threads write. */
    private static long newId() {
        return ThreadLocalRandom.current().nextLong();
    }

    /** The same for one more key, ready to wait for what is left of a wait. */
    Demand waiting(long left) {
        return new Demand(
                this.name,
                this.ttl,
                Math.max(0, left),
                this.autoRenew,
                this.maxHold,
                this.holdAtLeast,
                this.facts,
                this.holds,
                this.token,
                this.common,
                this.permits,
                newId());
    }

    boolean isShared() {
        return this.permits != Claim.ALONE;
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
        return new Demand(
                this.name,
                this.ttl,
                this.waitFor,
                this.autoRenew,
                this.maxHold,
                this.holdAtLeast,
                this.facts,
                all,
                this.token,
                this.common,
                this.permits,
                this.id);
    }

    /** What is stored beside the lock. */
    String details() {
        return this.holds.isEmpty() ? this.facts : this.facts + Details.holding(this.holds);
    }

    boolean isPatient() {
        return this.waitFor > 0;
    }
}
