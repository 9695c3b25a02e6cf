package io.distlock.core;

import io.distlock.LockState;
import io.distlock.driver.SharingDriver;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Says in words why a lock was not granted: who holds it, for how long the caller waited, what to do. */
final class Refusals {

    private Refusals() {}

    /** @param own what the refused thread itself holds of the lock */
    static String describe(Answer.Refused refused, Duration waited, @Nullable KeyLease own) {
        return switch (refused.reason()) {
            case BUSY ->
                "is still held after waiting " + waited.truncatedTo(ChronoUnit.MILLIS) + ": " + holder(refused, own);
            case SHED ->
                "is awaited by too many callers of this instance already, as distlock.max-waiters says; nothing was asked";
            case INTERRUPTED ->
                "was not acquired: the waiting thread was interrupted after " + waited.truncatedTo(ChronoUnit.MILLIS);
            case CLOSED -> "was not acquired: the locker is closing";
        };
    }

    private static String holder(Answer.Refused refused, @Nullable KeyLease own) {
        if (own != null && own.demand().isShared()) {
            return "by this very thread, which shares it (it waits for itself: a shared lock does not turn into an exclusive"
                    + " one, give it back first)";
        }
        if (own != null || refused.owner() == Thread.currentThread()) {
            return "by this very thread (a Locker is not re-entrant: pass the lease on, or use @DistributedLock, which is)";
        }
        LockState holder = refused.holder();
        if (holder == null) {
            return "elsewhere";
        }
        boolean shared = holder.token().equals(SharingDriver.SHARED);
        StringBuilder text = new StringBuilder("by ").append(shared ? "several who share it" : holder.instance());
        String thread = holder.metadata().get(Details.THREAD);
        if (thread != null) {
            text.append(", thread ").append(thread);
        }
        String nodes = holder.metadata().get(Details.NODES);
        if (nodes != null) {
            text.append(", at ").append(nodes);
        }
        holder.since()
                .ifPresent(since ->
                        text.append(shared ? ", the last since " : ", since ").append(since));
        holder.remaining()
                .ifPresentOrElse(
                        left -> text.append(", for another ")
                                .append(left.truncatedTo(ChronoUnit.MILLIS))
                                .append(" unless renewed"),
                        () -> text.append(", without an expiry"));
        return text.toString();
    }
}
