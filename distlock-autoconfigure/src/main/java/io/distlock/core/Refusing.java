package io.distlock.core;

import io.distlock.LockException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockUnavailableException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How those who do not get a lock come to know it, and whoever listens: see {@link Refusals} for the words. */
final class Refusing {

    private final LinesHere here;

    private final Tellers tellers;

    Refusing(LinesHere here, Tellers tellers) {
        this.here = here;
        this.tellers = tellers;
    }

    LockException refused(Set<String> keys, Demand demand, long start, Answer answer) {
        if (answer instanceof Answer.Unavailable unavailable) {
            LockUnavailableException failure = new LockUnavailableException(
                    keys, String.valueOf(unavailable.failure().getMessage()), unavailable.failure());
            this.tellers.unavailable(demand, keys, Duration.ofNanos(System.nanoTime() - start), failure);
            return failure;
        }
        return refused(keys, demand, start, (Answer.Refused) answer);
    }

    private LockNotAcquiredException refused(Set<String> keys, Demand demand, long start, Answer.Refused refused) {
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        this.tellers.refused(demand, keys, waited, refused.reason());
        return new LockNotAcquiredException(
                keys,
                refused.reason(),
                waited,
                refused.holder(),
                Refusals.describe(refused, waited, heldHere(keys)),
                cause(refused));
    }

    /** What the refused thread itself holds of these keys. */
    private @Nullable KeyLease heldHere(Set<String> keys) {
        return keys.stream()
                .flatMap(key -> this.here.heldBy(Thread.currentThread(), key).stream())
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Throwable cause(Answer.Refused refused) {
        return refused.reason() == Reason.INTERRUPTED ? new InterruptedException("while waiting for a lock") : null;
    }
}
