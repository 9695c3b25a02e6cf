package io.distlock;

import java.time.Duration;

/**
 * Leases that were renewed together, or, for a listener that was busy, in several rounds.
 *
 * @param locker which locker
 * @param leases how many
 * @param lag how much later than planned the most belated renewal was sent; a lag that comes near two thirds of the ttl
 *     costs locks
 */
public record RenewalRound(String locker, int leases, Duration lag) {}
