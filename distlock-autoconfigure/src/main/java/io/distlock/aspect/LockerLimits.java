package io.distlock.aspect;

import java.time.Duration;

/** What lockers refuse to everybody, by their names. */
public interface LockerLimits {

    /** Longer ones are refused. */
    Duration longestTtl(String locker);

    /** Whether several may hold a lock at once. */
    boolean canShare(String locker);
}
