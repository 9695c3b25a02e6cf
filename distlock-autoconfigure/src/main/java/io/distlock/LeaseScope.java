package io.distlock;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The extent of one call that runs under a lease, on the thread that runs it. For code that wraps calls; applications
 * read {@link Leases}. Close it on the thread that opened it, innermost first.
 */
public final class LeaseScope implements AutoCloseable {

    private static final ThreadLocal<LeaseScope> INNERMOST = new ThreadLocal<>();

    private final Lease lease;

    private final @Nullable LeaseScope outer;

    private LeaseScope(Lease lease, @Nullable LeaseScope outer) {
        this.lease = lease;
        this.outer = outer;
    }

    /** From here until {@link #close()} the current thread works under {@code lease}. */
    public static LeaseScope open(Lease lease) {
        LeaseScope scope = new LeaseScope(lease, INNERMOST.get());
        INNERMOST.set(scope);
        return scope;
    }

    static Optional<Lease> innermost() {
        return Optional.ofNullable(INNERMOST.get()).map(scope -> scope.lease);
    }

    static Optional<Lease> holding(String key) {
        for (LeaseScope scope = INNERMOST.get(); scope != null; scope = scope.outer) {
            if (scope.lease.keys().contains(key)) {
                return Optional.of(scope.lease);
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        if (this.outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(this.outer);
        }
    }
}
