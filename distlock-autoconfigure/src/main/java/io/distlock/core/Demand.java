package io.distlock.core;

import io.distlock.LockRequest;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
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
 * @param details of the holder, stored beside the lock
 * @param token to store; null = one of our own
 * @param common whether a hold taken for one such demand can serve another: it has no token or metadata of its own
 * @param id of the attempt, for listeners
 */
record Demand(
        String name,
        Duration ttl,
        long waitFor,
        boolean autoRenew,
        long maxHold,
        Duration holdAtLeast,
        String details,
        @Nullable String token,
        boolean common,
        long id) {

    private static final long NEVER = Long.MAX_VALUE / 4;

    /** @param ttl of the request, found allowed */
    static Demand of(LockRequest request, Duration ttl, LockerSettings settings, Details details) {
        Duration maxHold = request.maxHold().orElse(settings.maxHold());
        String token = request.token().orElse(null);
        String name = request.name().orElse(settings.name());
        return new Demand(
                name,
                ttl,
                request.waitFor().orElse(settings.waitFor()).toNanos(),
                request.autoRenew().orElse(settings.autoRenew()),
                maxHold == null ? NEVER : maxHold.toNanos(),
                request.holdAtLeast(),
                details.of(name, request.metadata()),
                token,
                token == null
                        && request.metadata().isEmpty()
                        && request.holdAtLeast().isZero(),
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
                this.details,
                this.token,
                this.common,
                newId());
    }

    boolean isPatient() {
        return this.waitFor > 0;
    }
}
