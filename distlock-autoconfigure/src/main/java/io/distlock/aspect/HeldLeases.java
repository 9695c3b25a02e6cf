package io.distlock.aspect;

import io.distlock.Lease;
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
record HeldLeases(List<Lease> leases) {

    static final HeldLeases NONE = new HeldLeases(List.of());

    static HeldLeases in(ContextView context) {
        return context.<HeldLeases>getOrEmpty(HeldLeases.class).orElse(NONE);
    }

    HeldLeases and(Lease lease) {
        List<Lease> more = new ArrayList<>(this.leases);
        more.add(lease);
        return new HeldLeases(List.copyOf(more));
    }

    Context into(Context context) {
        return context.put(HeldLeases.class, this);
    }

    List<String> missing(Set<String> keys) {
        return keys.stream()
                .filter(key ->
                        this.leases.stream().noneMatch(lease -> lease.keys().contains(key)))
                .toList();
    }

    /** @throws io.distlock.LockLostException when a lease of one of the keys is not held any more */
    void ensureHeld(Set<String> keys) {
        this.leases.stream()
                .filter(lease -> lease.keys().stream().anyMatch(keys::contains))
                .forEach(Lease::ensureHeld);
    }
}
