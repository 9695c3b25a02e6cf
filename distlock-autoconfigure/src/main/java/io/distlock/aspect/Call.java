package io.distlock.aspect;

import org.jspecify.annotations.Nullable;

/**
 * One call of an annotated method, not yet gone through.
 *
 * @param target the object, not its proxy; null for static methods
 * @param body goes on to the method; may be run on another thread, and again
 */
record Call(@Nullable Object target, @Nullable Object[] arguments, Body body) {

    /** What a lock is put around. */
    @FunctionalInterface
    interface Body {

        @Nullable
        Object proceed() throws Throwable;
    }
}
