package io.distlock.aspect;

import org.jspecify.annotations.Nullable;

/** A {@code @DistributedLock} that can never work: names the method, the fact and the remedy. */
public final class InvalidLockAnnotationException extends RuntimeException {

    private final String remedy;

    InvalidLockAnnotationException(AnnotatedMethod where, String fact, String remedy) {
        this(where, fact, remedy, null);
    }

    InvalidLockAnnotationException(AnnotatedMethod where, String fact, String remedy, @Nullable Throwable cause) {
        super("@DistributedLock on " + where + ": " + fact + ".", cause);
        this.remedy = remedy + ".";
    }

    /** For what is said about locks elsewhere than on a method. */
    InvalidLockAnnotationException(String fact, String remedy) {
        super(fact + ".");
        this.remedy = remedy + ".";
    }

    /** What to change. */
    public String remedy() {
        return this.remedy;
    }

    @Override
    public String toString() {
        return super.toString() + " " + this.remedy;
    }
}
