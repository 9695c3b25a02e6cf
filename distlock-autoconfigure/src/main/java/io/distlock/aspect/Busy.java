package io.distlock.aspect;

import io.distlock.LockNotAcquiredException;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import org.jspecify.annotations.Nullable;

/** What a call gives when others hold its lock. */
@FunctionalInterface
interface Busy {

    /** @throws Throwable the refusal, or what the fallback throws */
    @Nullable
    Object answer(Call call, LockNotAcquiredException refusal) throws Throwable;

    /** @throws InvalidLockAnnotationException when the method cannot give what the annotation says */
    static Busy of(AnnotatedMethod annotated, DistributedLock written) {
        boolean skip = written.whenBusy() == WhenBusy.SKIP;
        if (!written.fallback().isBlank()) {
            if (skip) {
                throw new InvalidLockAnnotationException(
                        annotated,
                        "whenBusy = SKIP and fallback \"" + written.fallback() + "\" both say what a busy lock gives",
                        "Remove one of them");
            }
            return Fallback.of(annotated, written.fallback().strip());
        }
        if (skip) {
            Object nothing = NoResult.of(annotated);
            return (call, refusal) -> nothing;
        }
        return (call, refusal) -> {
            throw refusal;
        };
    }
}
