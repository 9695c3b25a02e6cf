package io.distlock;

import java.time.Duration;
import java.util.Set;

/**
 * One step in the life of a lock, as listeners hear of it.
 *
 * @param id the same in all that is told of one attempt and of the lease it led to; says nothing else
 * @param locker which locker
 * @param name low-cardinality label of the lock
 * @param keys what is locked; never use it as a metric's tag
 * @param fencingToken number of the grant; zero where nothing was granted
 * @param waited how long the caller waited for it
 * @param held how long it was held; zero before it is released
 */
public record LockEvent(
        long id, String locker, String name, Set<String> keys, long fencingToken, Duration waited, Duration held) {}
