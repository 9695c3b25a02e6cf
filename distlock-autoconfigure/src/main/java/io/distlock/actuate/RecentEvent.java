package io.distlock.actuate;

import java.time.Instant;

/**
 * Something unusual that happened to a lock here. Times are in milliseconds.
 *
 * @param what lost, busy, shed, interrupted, closed, unavailable, unlocked, unreleased or freed
 * @param fence zero where nothing was held
 * @param detail one sentence
 */
record RecentEvent(
        Instant time,
        String what,
        String locker,
        String name,
        String key,
        long fence,
        long waited,
        long held,
        String detail) {}
