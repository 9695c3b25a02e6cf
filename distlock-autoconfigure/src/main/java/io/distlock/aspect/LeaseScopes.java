package io.distlock.aspect;

import io.distlock.LeaseScope;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The scopes of several leases on one thread, the last one innermost. */
final class LeaseScopes implements AutoCloseable {

    private final Deque<LeaseScope> open = new ArrayDeque<>();

    LeaseScopes(List<HeldLease> leases) {
        leases.forEach(lease -> this.open.push(lease.open()));
    }

    @Override
    public void close() {
        this.open.forEach(LeaseScope::close);
    }
}
