package io.distlock.driver;

import java.time.Duration;

/**
 * The wish to end a hold.
 *
 * @param hold which
 * @param fencesUsed how many of the reserved fencing numbers were used, and the others are given back; zero = unknown, none is
 * @param keepFor how much longer nobody may have the key; zero = hand it on at once
 */
public record Release(Hold hold, int fencesUsed, Duration keepFor) {}
