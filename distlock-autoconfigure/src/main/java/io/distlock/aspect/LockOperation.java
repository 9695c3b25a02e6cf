package io.distlock.aspect;

import io.distlock.Lease;
import io.distlock.LockException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenUnavailable;
import java.util.List;
import java.util.Objects;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What an annotation means for one method of one class, read and checked once. A call only fills in its arguments.
 *
 * @param fixed what every call asks for; null where the key depends on the arguments
 */
record LockOperation(
        AnnotatedMethod annotated,
        Parameters parameters,
        Expressions expressions,
        Condition condition,
        LockKeyExpression key,
        LockTerms terms,
        @Nullable LockRequest fixed,
        NamedLocker locker,
        Busy busy,
        WhenUnavailable whenUnavailable,
        boolean reentrant,
        Extent extent) {

    private static final Log LOGGER = LogFactory.getLog(LockOperation.class);

    /** @throws InvalidLockAnnotationException when it can never work */
    static LockOperation read(
            AnnotatedMethod annotated, DistributedLock written, Expressions expressions, LockTunings tunings) {
        Parameters parameters = Parameters.of(annotated.method());
        String name = name(annotated, written, expressions);
        LockTuning tuning = tunings.of(name);
        String locker = tuning.locker() != null ? tuning.locker() : written.locker();
        LockKeyExpression key = LockKeyExpression.of(annotated, parameters, expressions, written.key());
        LockTerms terms = LockTerms.of(annotated, expressions, written, name, tuning);
        return new LockOperation(
                annotated,
                parameters,
                expressions,
                Condition.of(annotated, parameters, expressions, written.condition()),
                key,
                terms,
                key.fixed().map(only -> fixed(annotated, terms, only)).orElse(null),
                NamedLocker.of(
                        expressions.properties(annotated, "locker", locker).strip(), expressions.beans()),
                Busy.of(annotated, written),
                Objects.requireNonNullElse(tuning.whenUnavailable(), written.whenUnavailable()),
                written.reentrant(),
                Extent.of(annotated));
    }

    /** By which the lock is measured and tuned. */
    static String name(AnnotatedMethod annotated, DistributedLock written, Expressions expressions) {
        String name = expressions.properties(annotated, "name", written.name()).strip();
        return name.isEmpty() ? annotated.label() : name;
    }

    /**
     * @throws InvalidLockAnnotationException when every call would fail
     */
    void check(LockerLimits limits) {
        this.locker.check(this.annotated);
        this.terms.check(this.annotated, this.locker.name(), limits);
    }

    private static LockRequest fixed(AnnotatedMethod annotated, LockTerms terms, String key) {
        try {
            return terms.request().keys(key);
        } catch (IllegalArgumentException impossible) {
            throw new InvalidLockAnnotationException(
                    annotated, String.valueOf(impossible.getMessage()), "Write another key", impossible);
        }
    }

    /** @throws IllegalArgumentException when the condition cannot be decided */
    boolean wants(Call call) {
        return this.condition.isNone()
                || this.condition.holds(() -> this.expressions.context(this.annotated, this.parameters, call));
    }

    /** @throws IllegalArgumentException when the call gives no key, or one that cannot be locked */
    LockRequest bind(Call call) {
        return this.fixed != null ? this.fixed : this.key.fill(this.terms.request(), call);
    }

    /** For some of its keys. */
    LockRequest bind(List<String> keys) {
        return this.key.fill(this.terms.request(), keys);
    }

    /**
     * What the call gives without its lock.
     *
     * @throws Throwable the failure itself, or what the fallback or the method throws
     */
    @Nullable
    Object without(Call call, LockException failure) throws Throwable {
        if (failure instanceof LockNotAcquiredException refusal
                && (refusal.reason() == Reason.BUSY || refusal.reason() == Reason.SHED)) {
            return this.busy.answer(call, refusal);
        }
        if (failure instanceof LockUnavailableException silence && this.whenUnavailable == WhenUnavailable.PROCEED) {
            LOGGER.warn(this.annotated + " runs without its lock, as whenUnavailable = PROCEED says: "
                    + failure.getMessage());
            Proceeding.tell(this.expressions.beans(), label(), silence);
            return call.proceed();
        }
        throw failure;
    }

    LockLabel label() {
        return new LockLabel(this.locker.name(), this.terms.request().name().orElseGet(this.annotated::label));
    }

    /** A lease of this operation's lock, as its work sees it. */
    HeldLease held(Lease lease) {
        return new HeldLease(lease, this.locker.name(), this.terms.whenLost());
    }
}
