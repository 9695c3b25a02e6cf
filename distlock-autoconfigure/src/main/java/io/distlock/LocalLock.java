package io.distlock;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A key that is held or awaited in this JVM, as it was when somebody looked.
 *
 * @param key what is locked
 * @param hold the lease of it that is held here
 * @param waits those who wait for it here, first comes first
 */
public record LocalLock(String key, Optional<Hold> hold, List<Wait> waits) {

    public LocalLock {
        waits = List.copyOf(waits);
    }

    /**
     * A lease.
     *
     * @param name label of the lock
     * @param token as {@link LockState#token()} shows it
     * @param fencingToken number of the grant
     * @param thread that took it; empty for {@code acquireAsync}
     * @param held for how long
     * @param validity how much longer this JVM may believe in it unless it is renewed
     * @param renewed whether it is kept alive
     */
    public record Hold(
            String name,
            String token,
            long fencingToken,
            Optional<Thread> thread,
            Duration held,
            Duration validity,
            boolean renewed) {}

    /**
     * Somebody who waits.
     *
     * @param name label of the lock
     * @param thread that waits; empty for {@code acquireAsync}
     * @param waited for how long
     */
    public record Wait(String name, Optional<Thread> thread, Duration waited) {}
}
