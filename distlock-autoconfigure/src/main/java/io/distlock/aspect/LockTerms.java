package io.distlock.aspect;

import io.distlock.LockRequest;
import io.distlock.WhenLost;
import io.distlock.annotation.AutoRenew;
import io.distlock.annotation.DistributedLock;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * What an annotation says of the lock besides the key, unless operations say otherwise. Null = nobody says anything, and
 * the locker decides.
 */
record LockTerms(
        String name,
        @Nullable Duration ttl,
        @Nullable Duration waitFor,
        @Nullable Duration maxHold,
        @Nullable Duration holdAtLeast,
        AutoRenew autoRenew,
        WhenLost whenLost) {

    static LockTerms of(
            AnnotatedMethod annotated,
            Expressions expressions,
            DistributedLock written,
            String name,
            LockTuning tuning) {
        Times times = new Times(annotated, expressions);
        LockTerms terms = new LockTerms(
                name,
                either(tuning.ttl(), times.read("ttl", written.ttl())),
                either(tuning.waitFor(), times.read("waitFor", written.waitFor())),
                either(tuning.maxHold(), times.read("maxHold", written.maxHold())),
                either(tuning.holdAtLeast(), times.read("holdAtLeast", written.holdAtLeast())),
                tuning.autoRenew(written.autoRenew()),
                Objects.requireNonNullElse(tuning.whenLost(), written.whenLost()));
        try {
            terms.on(LockRequest.of("any"));
        } catch (IllegalArgumentException impossible) {
            throw new InvalidLockAnnotationException(
                    annotated, String.valueOf(impossible.getMessage()), "Change the attribute", impossible);
        }
        return terms;
    }

    private static @Nullable Duration either(@Nullable Duration tuned, @Nullable Duration written) {
        return tuned != null ? tuned : written;
    }

    LockRequest on(LockRequest request) {
        LockRequest result = request.name(this.name).whenLost(this.whenLost);
        if (this.ttl != null) {
            result = result.ttl(this.ttl);
        }
        if (this.waitFor != null) {
            result = result.waitFor(this.waitFor);
        }
        if (this.maxHold != null) {
            result = result.maxHold(this.maxHold);
        }
        if (this.holdAtLeast != null) {
            result = result.holdAtLeast(this.holdAtLeast);
        }
        if (this.autoRenew != AutoRenew.DEFAULT) {
            result = result.autoRenew(this.autoRenew == AutoRenew.TRUE);
        }
        return result;
    }

    /** @throws InvalidLockAnnotationException when the locker would refuse every call */
    void check(AnnotatedMethod annotated, Duration longestTtl) {
        if (this.ttl != null && this.ttl.compareTo(longestTtl) > 0) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "ttl " + this.ttl + " is longer than lockers allow, which is " + longestTtl,
                    "Shorten it, or raise 'distlock.max-ttl'; a lock is renewed while the method runs");
        }
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
