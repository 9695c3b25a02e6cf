package io.distlock.aspect;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of an annotated method, not yet gone through.
 *
 * @param target the object, not its proxy; null for static methods
 * @param body goes on to the method; may be run on another thread, and again
 * @param outer leases of the same call's other locks, on whichever thread the body runs
 */
record Call(@Nullable Object target, @Nullable Object[] arguments, Body body, List<HeldLease> outer) {

    Call(@Nullable Object target, @Nullable Object[] arguments, Body body) {
        this(target, arguments, body, List.of());
    }

    Call with(Body another) {
        return new Call(this.target, this.arguments, another, this.outer);
    }

    Call under(HeldLease lease) {
        List<HeldLease> more = new ArrayList<>(this.outer);
        more.add(lease);
        return new Call(this.target, this.arguments, this.body, more);
    }

    /** What a lock is put around. */
    @FunctionalInterface
    interface Body {

        @Nullable
        Object proceed() throws Throwable;
    }
}
