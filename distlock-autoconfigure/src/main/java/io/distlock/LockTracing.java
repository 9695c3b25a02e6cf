package io.distlock;

import java.util.Optional;

/**
 * Leads from those who wait for a lock to the trace of the work that holds it. What {@link #current()} says is stored beside
 * the lock; whoever finds the lock held is told by {@link #heldBy}, in the same JVM and in others. Both are called on the
 * thread that asks, {@code heldBy} on the one that gets the answer, and must not block; a failure is logged and ignored.
 *
 * <p>distlock defines a bean where the application traces with Micrometer; define one of your own instead.
 */
public interface LockTracing {

    /**
     * Of the work for which the current thread asks for a lock, as W3C writes it in {@code traceparent}; empty = it has
     * none. What is longer than 128 characters is left out.
     */
    Optional<String> current();

    /**
     * Who asked found the lock held by work of that trace; told once, before how the asking came out.
     *
     * @param event of the one that asked, as {@link LockListener#onAsked} was told of it
     * @param trace as {@link #current()} said it there; anything, if somebody else wrote it
     */
    void heldBy(LockEvent event, String trace);
}
