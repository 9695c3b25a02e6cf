package io.distlock.aspect;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/** When the work of a method is over. */
enum Extent {

    /** When it returns. */
    CALL,

    /** When the future that it returns has ended, for which its thread waits anyway. */
    AWAITED_FUTURE,

    /** When the future that it returns has ended. */
    FUTURE,

    /** When a subscription to the publisher that it returns has ended. */
    PUBLISHER;

    private static final String ASYNC = "org.springframework.scheduling.annotation.Async";

    private static final String CONTINUATION = "kotlin.coroutines.Continuation";

    /** @throws InvalidLockAnnotationException for methods whose end cannot be seen */
    static Extent of(AnnotatedMethod annotated) {
        Method method = annotated.method();
        Class<?> type = method.getReturnType();
        Class<?>[] parameters = method.getParameterTypes();
        if (parameters.length > 0 && parameters[parameters.length - 1].getName().equals(CONTINUATION)) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "it is a suspend function, which returns long before it ends",
                    "Lock around runBlocking, or return a CompletableFuture or Mono");
        }
        if (Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type)) {
            return isAsync(annotated) ? AWAITED_FUTURE : future(annotated, type);
        }
        return ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null ? PUBLISHER : CALL;
    }

    /** Spring runs such a method on a thread of its own, which waits for the future. */
    private static boolean isAsync(AnnotatedMethod annotated) {
        return MergedAnnotations.from(annotated.method(), SearchStrategy.TYPE_HIERARCHY)
                        .isPresent(ASYNC)
                || MergedAnnotations.from(annotated.targetClass(), SearchStrategy.TYPE_HIERARCHY)
                        .isPresent(ASYNC);
    }

    private static Extent future(AnnotatedMethod annotated, Class<?> type) {
        if (type.isAssignableFrom(CompletableFuture.class)) {
            return FUTURE;
        }
        throw new InvalidLockAnnotationException(
                annotated,
                "its work is not over when it returns a " + type.getName() + ", and the lock cannot wait for that",
                "Return a CompletableFuture, or use Locker.acquireAsync");
    }
}
