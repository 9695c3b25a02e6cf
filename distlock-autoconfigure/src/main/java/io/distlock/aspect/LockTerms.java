package io.distlock.aspect;

import io.distlock.LockMode;
import io.distlock.LockRequest;
import io.distlock.WhenLost;
import io.distlock.annotation.AutoRenew;
import io.distlock.annotation.DistributedLock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * What an annotation says of the lock besides the key, unless operations say otherwise; what nobody says is left to the
 * locker.
 *
 * @param request for a key of no meaning
 */
record LockTerms(LockRequest request, WhenLost whenLost) {

    static LockTerms of(
            AnnotatedMethod annotated,
            Expressions expressions,
            DistributedLock written,
            String name,
            LockTuning tuning) {
        Times times = new Times(annotated, expressions);
        WhenLost whenLost = Objects.requireNonNullElse(tuning.whenLost(), written.whenLost());
        AutoRenew autoRenew = tuning.autoRenew(written.autoRenew());
        try {
            LockRequest request =
                    LockRequest.of("any").name(name).method(annotated.label()).whenLost(whenLost);
            request = written.mode() == LockMode.SHARED ? request.shared() : request;
            request = written.permits() == 0 ? request : request.permits(written.permits());
            request = with(request, LockRequest::ttl, tuning.ttl(), times.read("ttl", written.ttl()));
            request = with(request, LockRequest::waitFor, tuning.waitFor(), times.read("waitFor", written.waitFor()));
            request = with(request, LockRequest::maxHold, tuning.maxHold(), times.read("maxHold", written.maxHold()));
            request = with(
                    request,
                    LockRequest::holdAtLeast,
                    tuning.holdAtLeast(),
                    times.read("holdAtLeast", written.holdAtLeast()));
            return new LockTerms(
                    autoRenew == AutoRenew.DEFAULT ? request : request.autoRenew(autoRenew == AutoRenew.TRUE),
                    whenLost);
        } catch (IllegalArgumentException impossible) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    String.valueOf(impossible.getMessage()),
                    "Change the attribute, or leave it out",
                    impossible);
        }
    }

    private static LockRequest with(
            LockRequest request,
            BiFunction<LockRequest, Duration, LockRequest> attribute,
            @Nullable Duration tuned,
            @Nullable Duration written) {
        Duration time = tuned != null ? tuned : written;
        return time == null ? request : attribute.apply(request, time);
    }

    /** @throws InvalidLockAnnotationException when the locker would refuse every call */
    void check(AnnotatedMethod annotated, String locker, LockerLimits limits) {
        Duration longestTtl = limits.longestTtl(locker);
        if (this.request.permits() > 1 && !limits.canShare(locker)) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "the locker \"" + locker + "\" grants every lock to one holder alone, so none can be shared",
                    "Leave out mode and permits, or name a locker with the driver redis or memory");
        }
        this.request.ttl().filter(ttl -> ttl.compareTo(longestTtl) > 0).ifPresent(ttl -> {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "ttl " + ttl + " is longer than its locker allows, which is " + longestTtl,
                    "Shorten it, or raise 'max-ttl' (of 'distlock', or of the locker); a lock is renewed while the method runs");
        });
    }

    private record Times(AnnotatedMethod annotated, Expressions expressions) {

        @Nullable
        Duration read(String attribute, String written) {
            String text = this.expressions
                    .properties(this.annotated, attribute, written)
                    .strip();
            if (text.isEmpty()) {
                return null;
            }
            try {
                return DurationFormatterUtils.detectAndParse(text);
            } catch (IllegalArgumentException unreadable) {
                throw new InvalidLockAnnotationException(
                        this.annotated,
                        attribute + " \"" + text + "\" is not a time",
                        "Write \"30s\", \"500ms\", \"1m30s\" or \"PT30S\"",
                        unreadable);
            }
        }
    }
}
