package io.distlock.driver;

import java.time.Duration;

/**
 * The wish to end a hold.
 *
 * @param hold which
 * @param keepFor how much longer nobody may have the key; zero = hand it on at once
 */
public record Release(Hold hold, Duration keepFor) {}
