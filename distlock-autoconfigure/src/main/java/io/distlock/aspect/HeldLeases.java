package io.distlock.aspect;

import io.distlock.LockRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The leases under which a subscription was made, as its Reactor context carries them.
 *
 * @param leases innermost last
 */
record HeldLeases(List<HeldLease> leases) {

    static final HeldLeases NONE = new HeldLeases(List.of());

    static HeldLeases in(ContextView context) {
        return context.<HeldLeases>getOrEmpty(HeldLeases.class).orElse(NONE);
    }

    HeldLeases and(HeldLease lease) {
        List<HeldLease> more = new ArrayList<>(this.leases);
        more.add(lease);
        return new HeldLeases(List.copyOf(more));
    }

    Context into(Context context) {
        return context.put(HeldLeases.class, this);
    }

    /** The keys of which a lease is needed that is not there. */
    List<String> missing(LockRequest request, String locker) {
        return request.keys().stream()
                .filter(key -> this.leases.stream()
                        .filter(lease -> lease.covers(key, locker))
                        .reduce((outer, inner) -> inner)
                        .filter(lease -> Reentry.serves(lease.lease(), key, request))
                        .isEmpty())
                .toList();
    }

    /** @throws io.distlock.LockLostException when a lease of one of the keys is not held any more */
    void ensureHeld(Set<String> keys, String locker) {
        this.leases.stream()
                .filter(lease -> keys.stream().anyMatch(key -> lease.covers(key, locker)))
                .forEach(lease -> lease.lease().ensureHeld());
    }
}
