package io.distlock.benchmarks.subject;

import io.distlock.benchmarks.server.RedisAddress;
import java.time.Duration;

/**
 * What every subject is given.
 *
 * @param redis where the locks live
 * @param ttl of a hold
 * @param longHolds whether holds outlive the ttl, so that even subjects that do not renew by themselves must
 */
public record SubjectSettings(RedisAddress redis, Duration ttl, boolean longHolds) {

    /** Longer than any run: a subject that times out has failed. */
    public static final Duration WAIT = Duration.ofMinutes(2);
}
