package io.distlock.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The leases that the current thread has taken itself and that are not over, the last first: what others may wait for while
 * it waits. Each knows the one before it, so that taking and giving back cost no collection.
 */
final class OwnLeases {

    private static final ThreadLocal<KeyLease> LAST = new ThreadLocal<>();

    private OwnLeases() {}

    /** @param lease that the current thread has just taken */
    static void add(KeyLease lease) {
        lease.taken(last());
        LAST.set(lease);
    }

    /** Forgets what is over, so that no thread keeps it alive. */
    static void tidy() {
        KeyLease last = last();
        if (last == null) {
            LAST.remove();
        } else {
            LAST.set(last);
        }
    }

    private static @Nullable KeyLease last() {
        KeyLease last = LAST.get();
        while (last != null && last.isEnded()) {
            last = last.takenBefore();
        }
        return last;
    }

    /** As {@code locker/key}. */
    static List<String> locks(int most) {
        KeyLease last = last();
        if (last == null) {
            return List.of();
        }
        List<String> locks = new ArrayList<>(2);
        for (KeyLease lease = last; lease != null && locks.size() < most; lease = lease.takenBefore()) {
            if (!lease.isEnded()) {
                locks.add(lease.lock());
            }
        }
        return locks;
    }
}
