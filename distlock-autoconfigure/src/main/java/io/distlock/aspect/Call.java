package io.distlock.aspect;

import io.distlock.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of an annotated method, not yet gone through.
 *
 * @param target the object, not its proxy; null for static methods
 * @param body goes on to the method; may be run on another thread, and again
 * @param outer leases of the same call's other locks, on whichever thread the body runs
 */
record Call(@Nullable Object target, @Nullable Object[] arguments, Body body, List<Lease> outer) {

    Call(@Nullable Object target, @Nullable Object[] arguments, Body body) {
        this(target, arguments, body, List.of());
    }

    Call with(Body another) {
        return new Call(this.target, this.arguments, another, this.outer);
    }

    Call under(Optional<Lease> lease) {
        List<Lease> more = new ArrayList<>(this.outer);
        lease.ifPresent(more::add);
        return new Call(this.target, this.arguments, this.body, more);
    }

    /** What a lock is put around. */
    @FunctionalInterface
    interface Body {

        @Nullable
        Object proceed() throws Throwable;
    }
}
