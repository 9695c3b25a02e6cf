package io.distlock.aspect;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a method gives that was not run. Empty publishers are made where publishers are known. */
final class NoResult {

    private NoResult() {}

    /** @throws InvalidLockAnnotationException when nothing could be told from a result */
    static @Nullable Object of(AnnotatedMethod annotated) {
        Class<?> type = annotated.method().getReturnType();
        if (type.isPrimitive() && type != void.class) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "whenBusy = SKIP would have to give some " + type + " without having run",
                    "Return an Optional or a boxed type, or remove whenBusy");
        }
        if (type == Optional.class) {
            return Optional.empty();
        }
        if (type == OptionalInt.class) {
            return OptionalInt.empty();
        }
        if (type == OptionalLong.class) {
            return OptionalLong.empty();
        }
        if (type == OptionalDouble.class) {
            return OptionalDouble.empty();
        }
        return type != Object.class && type.isAssignableFrom(CompletableFuture.class)
                ? CompletableFuture.completedFuture(null)
                : null;
    }
}
