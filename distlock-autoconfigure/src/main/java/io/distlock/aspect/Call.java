package io.distlock.aspect;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call of an annotated method, not yet gone through. */
interface Call {

    /** The object, not its proxy; null for static methods. */
    @Nullable
    Object target();

    @Nullable
    Object[] arguments();

    /** Goes on to the method; may be done on another thread, and again. */
    @Nullable
    Object proceed() throws Throwable;

    /** Leases of the same call's other locks, on whichever thread the method runs. */
    default List<HeldLease> outer() {
        return List.of();
    }

    /** The same, which goes on to something else. */
    default Call with(Body another) {
        return new PlainCall(target(), arguments(), another, outer());
    }

    default Call under(HeldLease lease) {
        List<HeldLease> more = new ArrayList<>(outer());
        more.add(lease);
        return new PlainCall(target(), arguments(), this::proceed, more);
    }

    /** What a lock is put around. */
    @FunctionalInterface
    interface Body {

        @Nullable
        Object proceed() throws Throwable;
    }
}
