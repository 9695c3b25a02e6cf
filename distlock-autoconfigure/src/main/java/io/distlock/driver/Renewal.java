package io.distlock.driver;

import java.time.Duration;

/**
 * @param hold what to keep alive
 * @param ttl from now
 */
public record Renewal(Hold hold, Duration ttl) {}
