package io.distlock.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The leases that the current thread has taken itself and that are not over, the last first: what others may wait for while
 * it waits. Each knows the one before it, so that taking and giving back cost no collection.
 */
final class OwnLeases {

    private static final ThreadLocal<@Nullable OwnLeases> CURRENT = new ThreadLocal<>();

    /** What is over between others is looked for after so many additions and one for each that was left: that costs little. */
    private static final int SELDOM = 8;

    private @Nullable KeyLease last;

    private int additions = SELDOM;

    private OwnLeases() {}

    /** @param lease that the current thread has just taken */
    static void add(KeyLease lease) {
        OwnLeases own = CURRENT.get();
        if (own == null) {
            own = new OwnLeases();
            CURRENT.set(own);
        }
        own.push(lease);
    }

    /** Forgets what is over, so that no thread keeps it alive. */
    static void tidy() {
        OwnLeases own = CURRENT.get();
        if (own != null && own.living() == null) {
            CURRENT.set(null); // which refers to nothing, and need not be made again for the next lease
        }
    }

    /** As {@code locker/key}. */
    static List<String> locks(int most) {
        OwnLeases own = CURRENT.get();
        KeyLease last = own == null ? null : own.living();
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

    private void push(KeyLease lease) {
        this.additions--;
        if (this.additions < 0) {
            this.additions = SELDOM + sweep();
        }
        lease.taken(living());
        this.last = lease;
    }

    private @Nullable KeyLease living() {
        KeyLease found = firstLiving(this.last);
        this.last = found;
        return found;
    }

    /** Whoever gives back in the order of taking leaves what is over behind others. @return how many are left */
    private int sweep() {
        int left = 0;
        for (KeyLease lease = living(); lease != null; lease = lease.takenBefore()) {
            lease.taken(firstLiving(lease.takenBefore()));
            left++;
        }
        return left;
    }

    /** What is over forgets the others: callers may keep it. */
    private static @Nullable KeyLease firstLiving(@Nullable KeyLease from) {
        KeyLease lease = from;
        while (lease != null && lease.isEnded()) {
            KeyLease before = lease.takenBefore();
            lease.taken(null);
            lease = before;
        }
        return lease;
    }
}
