package io.distlock.core;

import io.distlock.LockState;
import java.time.Duration;

/** Says in words why a lock was not granted: who holds it, for how long the caller waited, what to do. */
final class Refusals {

    private Refusals() {}

    static String describe(Answer.Refused refused, Duration waited) {
        return switch (refused.reason()) {
            case BUSY -> "is still held after waiting " + rounded(waited) + ": " + holder(refused);
            case SHED ->
                "is awaited by too many callers of this instance already, as distlock.max-waiters says; nothing was asked";
            case INTERRUPTED -> "was not acquired: the waiting thread was interrupted after " + rounded(waited);
            case CLOSED -> "was not acquired: the locker is closing";
        };
    }

    private static String holder(Answer.Refused refused) {
        if (refused.owner() == Thread.currentThread()) {
            return "by this very thread (a Locker is not re-entrant: pass the lease on, or use @DistributedLock, which is)";
        }
        LockState holder = refused.holder();
        if (holder == null) {
            return "elsewhere";
        }
        StringBuilder text = new StringBuilder("by ").append(holder.instance());
        String thread = holder.metadata().get(Details.THREAD);
        if (thread != null) {
            text.append(", thread ").append(thread);
        }
        holder.since().ifPresent(since -> text.append(", since ").append(since));
        holder.remaining()
                .ifPresentOrElse(
                        left -> text.append(", for another ")
                                .append(rounded(left))
                                .append(" unless renewed"),
                        () -> text.append(", without an expiry"));
        return text.toString();
    }

    private static Duration rounded(Duration time) {
        return Duration.ofMillis(time.toMillis());
    }
}
