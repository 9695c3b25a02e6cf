package io.distlock;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The extent of one call that runs under a lease, on the thread that runs it. For code that wraps calls; applications
 * read {@link Leases}. Close it on the thread that opened it; elsewhere, closing only ends it.
 */
public final class LeaseScope implements AutoCloseable {

    /** The locker that is configured directly below {@code distlock}. */
    public static final String DEFAULT_LOCKER = "default";

    private static final ThreadLocal<@Nullable LeaseScope> INNERMOST = new ThreadLocal<>();

    private final Lease lease;

    private final String locker;

    private final WhenLost whenLost;

    private final @Nullable LeaseScope outer;

    private volatile Stage stage = Stage.RUNNING;

    private LeaseScope(Lease lease, String locker, WhenLost whenLost, @Nullable LeaseScope outer) {
        this.lease = lease;
        this.locker = locker;
        this.whenLost = whenLost;
        this.outer = outer;
    }

    /** From here until {@link #close()} the current thread works under a {@code lease} of the default locker. */
    public static LeaseScope open(Lease lease) {
        return open(lease, DEFAULT_LOCKER, WhenLost.FAIL);
    }

    /**
     * From here until {@link #close()} the current thread works under {@code lease}.
     *
     * @param locker name of the locker that granted it: the same key at another locker is another lock
     * @param whenLost what its loss means for the work
     */
    public static LeaseScope open(Lease lease, String locker, WhenLost whenLost) {
        LeaseScope scope = new LeaseScope(lease, locker, whenLost, INNERMOST.get());
        INNERMOST.set(scope);
        return scope;
    }

    /** The innermost scope of the current thread whose call has not returned. */
    public static Optional<LeaseScope> current() {
        return Optional.ofNullable(running());
    }

    private static @Nullable LeaseScope running() {
        LeaseScope scope = INNERMOST.get();
        while (scope != null && scope.stage != Stage.RUNNING) {
            scope = scope.outer;
        }
        return scope;
    }

    /** Whether {@link #current()} is one of that lease, found under that name of a locker. */
    public static boolean isCurrent(Lease lease, String locker) {
        LeaseScope scope = running();
        return scope != null && scope.lease == lease && scope.locker.equals(locker);
    }

    /** Whether the current thread works under no lease at all. */
    public static boolean isNone() {
        return INNERMOST.get() == null;
    }

    /** The innermost lease of this key at this locker under which the current thread works, held or not. */
    public static Optional<Lease> holding(String key, String locker) {
        for (LeaseScope scope = INNERMOST.get(); scope != null; scope = scope.outer) {
            if (scope.stage != Stage.CLOSED
                    && scope.locker.equals(locker)
                    && scope.lease.keys().contains(key)) {
                return Optional.of(scope.lease);
            }
        }
        return Optional.empty();
    }

    static Optional<Lease> holding(String key) {
        for (LeaseScope scope = INNERMOST.get(); scope != null; scope = scope.outer) {
            if (scope.stage != Stage.CLOSED && scope.lease.keys().contains(key)) {
                return Optional.of(scope.lease);
            }
        }
        return Optional.empty();
    }

    /** Some of the locks under which the current thread works, the innermost first, as {@code locker/key}. */
    public static List<String> held(int most) {
        if (isNone()) {
            return List.of();
        }
        List<String> held = new ArrayList<>(most);
        for (LeaseScope scope = INNERMOST.get(); scope != null; scope = scope.outer) {
            for (String key : scope.lease.keys()) {
                String lock = scope.locker + "/" + key;
                if (scope.stage != Stage.CLOSED && held.size() < most && !held.contains(lock)) {
                    held.add(lock);
                }
            }
        }
        return held;
    }

    /**
     * For whoever makes the current thread's work final: returns if every lease is held under which it was done, except
     * those whose loss is only to be reported. Where the clock of the machine ran ahead, it waits for the store's answer.
     *
     * @throws LockLostException when one is not, for whatever reason
     */
    public static void ensureAllHeld() {
        for (LeaseScope scope = INNERMOST.get(); scope != null; scope = scope.outer) {
            if (scope.stage != Stage.CLOSED && scope.whenLost != WhenLost.REPORT) {
                ensureHeld(scope.lease);
            }
        }
    }

    /**
     * As {@link Lease#ensureHeld()}, for the end of work: a lease that is merely uncertain is no reason to undo it, so the
     * store is asked, and only its answer, or its silence, makes it one.
     *
     * @throws LockLostException when it is not held
     */
    public static void ensureHeld(Lease lease) {
        try {
            lease.ensureHeld();
        } catch (LockLostException doubt) {
            if (doubt.loss().reason() != LockLost.Reason.UNCERTAIN) {
                throw doubt;
            }
            ask(lease, doubt);
        }
    }

    private static void ask(Lease lease, LockLostException doubt) {
        try {
            lease.ttl();
        } catch (LockUnavailableException silent) {
            doubt.addSuppressed(silent);
            throw doubt;
        }
        lease.ensureHeld();
    }

    /**
     * The call has returned, but what it did is not final: the lease is no longer the current one, and the thread still
     * works under it until {@link #close()}.
     */
    public void keep() {
        if (this.stage == Stage.RUNNING) {
            this.stage = Stage.KEPT;
        }
    }

    public Lease lease() {
        return this.lease;
    }

    public String locker() {
        return this.locker;
    }

    public WhenLost whenLost() {
        return this.whenLost;
    }

    @Override
    public void close() {
        this.stage = Stage.CLOSED;
        LeaseScope scope = INNERMOST.get();
        while (scope != null && scope.stage == Stage.CLOSED) {
            scope = scope.outer;
        }
        // null rather than removed: that refers to nothing of ours, and need not be made again for the next call
        INNERMOST.set(scope);
    }

    private enum Stage {
        RUNNING,
        KEPT,
        CLOSED
    }
}
