package io.distlock.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The leases that the current thread has taken itself and that are not over, the last first: what others may wait for while
 * it waits. Each knows the one before it, so that taking and giving back cost no collection.
 */
final class OwnLeases {

    private static final ThreadLocal<@Nullable KeyLease> LAST = new ThreadLocal<>();

    /** What is over between others is looked for after so many additions and one for each that was left: that costs little. */
    private static final int SELDOM = 8;

    private OwnLeases() {}

    /** @param lease that the current thread has just taken */
    static void add(KeyLease lease) {
        KeyLease before = living();
        int additions = before == null ? SELDOM : before.additionsUntilSweep() - 1;
        lease.taken(before, additions < 0 ? SELDOM + sweep(before) : additions);
        LAST.set(lease);
    }

    /** Forgets what is over, so that no thread keeps it alive. */
    static void tidy() {
        living();
    }

    /** As {@code locker/key}. */
    static List<String> locks(int most) {
        KeyLease last = living();
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

    /** The last that is not over; null, which refers to nothing, where there is none. */
    private static @Nullable KeyLease living() {
        KeyLease last = LAST.get();
        KeyLease found = firstLiving(last);
        if (found != last) {
            LAST.set(found);
        }
        return found;
    }

    /** Whoever gives back in the order of taking leaves what is over behind others. @return how many are left */
    private static int sweep(@Nullable KeyLease last) {
        int left = 0;
        for (KeyLease lease = last; lease != null; lease = lease.takenBefore()) {
            lease.takenAfter(firstLiving(lease.takenBefore()));
            left++;
        }
        return left;
    }

    /** What is over forgets the others: callers may keep it. */
    private static @Nullable KeyLease firstLiving(@Nullable KeyLease from) {
        KeyLease lease = from;
        while (lease != null && lease.isEnded()) {
            KeyLease before = lease.takenBefore();
            lease.takenAfter(null);
            lease = before;
        }
        return lease;
    }
}
