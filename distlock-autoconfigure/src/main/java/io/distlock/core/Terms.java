package io.distlock.core;

import io.distlock.LockRequest;
import io.distlock.driver.Claim;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for besides keys, with everything filled in that it left open. The same for all calls of an
 * annotated method.
 *
 * @param name label of the lock
 * @param ttl how long a hold lives unless renewed
 * @param waitFor how long the caller is ready to wait, in nanoseconds
 * @param autoRenew whether the hold is renewed
 * @param maxHold after which it is not renewed any more, in nanoseconds
 * @param holdAtLeast how long the key is kept even if the lease is released before
 * @param token to store; null = one of our own
 * @param common whether a hold taken on such terms can serve another: it has no token or metadata of its own and is not
 *     shared
 * @param permits with how many holders at most, itself among them
 */
record Terms(
        String name,
        Duration ttl,
        long waitFor,
        boolean autoRenew,
        long maxHold,
        Duration holdAtLeast,
        @Nullable String token,
        boolean common,
        int permits) {

    private static final long NEVER = Long.MAX_VALUE / 4;

    /**
     * Those of a request that a locker of these settings can grant.
     *
     * @throws IllegalArgumentException when it cannot
     */
    static Terms checked(LockRequest request, LockerSettings settings, boolean canShare) {
        Terms terms = of(request, ttl(request, settings), settings);
        if (terms.permits != Claim.ALONE && !canShare) {
            throw new IllegalArgumentException("The locker '" + settings.name() + "' cannot share " + request.keys()
                    + " among several holders, since its driver grants every lock to one alone: use a locker with the"
                    + " driver redis or memory, or ask without shared() and permits");
        }
        if (settings.waitWithinTtl() && terms.waitFor > terms.ttl.toNanos()) {
            throw new IllegalArgumentException("The wait for a lock must not be longer than its ttl, as"
                    + " distlock.wait-within-ttl says: " + request.keys() + " waits "
                    + Duration.ofNanos(terms.waitFor) + " for a ttl of " + terms.ttl);
        }
        return terms;
    }

    /** The ttl of a request, or of the locker, if it is not too long. */
    static Duration ttl(LockRequest request, LockerSettings settings) {
        Duration ttl = request.ttl().orElse(settings.ttl());
        if (ttl.compareTo(settings.maxTtl()) > 0) {
            throw new IllegalArgumentException("The ttl of a lock must not be longer than distlock.max-ttl ("
                    + settings.maxTtl() + "): " + request.keys() + " asks for " + ttl);
        }
        return ttl;
    }

    /** @param ttl of the request, found allowed */
    static Terms of(LockRequest request, Duration ttl, LockerSettings settings) {
        Duration maxHold = request.maxHold().orElse(settings.maxHold());
        String token = request.token().orElse(null);
        int permits = request.permits();
        return new Terms(
                request.name().orElse(settings.name()),
                ttl,
                request.waitFor().orElse(settings.waitFor()).toNanos(),
                request.autoRenew().orElse(settings.autoRenew()),
                maxHold == null ? NEVER : maxHold.toNanos(),
                request.holdAtLeast(),
                token,
                token == null
                        && request.metadata().isEmpty()
                        && request.holdAtLeast().isZero()
                        && permits == Claim.ALONE,
                permits);
    }

    Terms waiting(long left) {
        return new Terms(
                this.name,
                this.ttl,
                left,
                this.autoRenew,
                this.maxHold,
                this.holdAtLeast,
                this.token,
                this.common,
                this.permits);
    }
}
