package io.distlock.core;

import io.distlock.RetryStrategy;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a locker does where a request leaves it open, and what it allows.
 *
 * @param name of the locker, for logs and listeners
 * @param prefix of everything it stores; without braces
 * @param ttl how long a hold lives unless renewed
 * @param waitFor how long callers are ready to wait
 * @param maxTtl longest ttl that is accepted
 * @param autoRenew whether holds are renewed
 * @param maxHold after which a hold is no longer renewed; null = never
 * @param grace by which the key outlives the holder's validity
 * @param pollInterval at most so long after one question a waiting line asks again
 * @param maxWaiters per key and instance; zero = no limit
 * @param passMax how often in a row a hold goes from thread to thread without asking the store; zero = never
 * @param passTime for how long in a row
 * @param shutdownGrace how long closing waits for leases to be given back
 * @param retry how those ask again who wait for a store that keeps no line
 * @param waitWithinTtl whether a wait longer than the ttl is refused
 * @param metadata stored beside every lock; what a request says wins
 */
public record LockerSettings(
        String name,
        String prefix,
        Duration ttl,
        Duration waitFor,
        Duration maxTtl,
        boolean autoRenew,
        @Nullable Duration maxHold,
        Duration grace,
        Duration pollInterval,
        int maxWaiters,
        int passMax,
        Duration passTime,
        Duration shutdownGrace,
        RetryStrategy retry,
        boolean waitWithinTtl,
        Map<String, String> metadata) {

    /** With the documented defaults of what is left out. */
    public LockerSettings(
            String name,
            String prefix,
            Duration ttl,
            Duration waitFor,
            Duration maxTtl,
            boolean autoRenew,
            @Nullable Duration maxHold,
            Duration grace,
            Duration pollInterval,
            int maxWaiters,
            int passMax,
            Duration passTime,
            Duration shutdownGrace) {
        this(
                name,
                prefix,
                ttl,
                waitFor,
                maxTtl,
                autoRenew,
                maxHold,
                grace,
                pollInterval,
                maxWaiters,
                passMax,
                passTime,
                shutdownGrace,
                Retry.defaults(),
                false,
                Map.of());
    }

    /** The documented defaults. */
    public static LockerSettings defaults() {
        return new LockerSettings(
                "default",
                "distlock:",
                Duration.ofSeconds(10),
                Duration.ofSeconds(15),
                Duration.ofHours(24),
                true,
                null,
                Duration.ZERO,
                Duration.ofMillis(500),
                0,
                64,
                Duration.ofMillis(10),
                Duration.ofSeconds(10));
    }
}
