package io.distlock.aspect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call of which everything is told. */
record PlainCall(@Nullable Object target, @Nullable Object[] arguments, Body body, List<HeldLease> outer)
        implements Call {

    PlainCall(@Nullable Object target, @Nullable Object[] arguments, Body body) {
        this(target, arguments, body, List.of());
    }

    @Override
    public @Nullable Object proceed() throws Throwable {
        return this.body.proceed();
    }
}
