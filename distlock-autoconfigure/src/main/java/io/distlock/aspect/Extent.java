package io.distlock.aspect;

import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.springframework.core.ReactiveAdapterRegistry;

/** When the work of a method is over. */
enum Extent {

    /** When it returns. */
    CALL;

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
        if (Future.class.isAssignableFrom(type)
                || CompletionStage.class.isAssignableFrom(type)
                || ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "its work is not over when it returns a " + type.getSimpleName(),
                    "Use Locker.acquireAsync, and release the lease when the work is over");
        }
        return CALL;
    }
}
