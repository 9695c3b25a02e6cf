package io.distlock.aspect;

import io.distlock.annotation.DistributedLock;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the annotation that counts for a method: its own, or that of a method it overrides or implements; else that of
 * the class, of a class above it or of an interface, which count for public methods but {@code equals}, {@code hashCode}
 * and {@code toString}, an interface's only for those it has.
 */
final class LockAnnotations {

    private LockAnnotations() {}

    static Optional<DistributedLock> find(AnnotatedMethod annotated) {
        Method method = annotated.method();
        if (method.getDeclaringClass() == Object.class || method.isSynthetic()) {
            return Optional.empty();
        }
        MergedAnnotation<DistributedLock> own = on(method);
        if (own.isPresent()) {
            return Optional.of(own.synthesize());
        }
        MergedAnnotation<DistributedLock> outer = on(annotated.targetClass());
        return outer.isPresent() && countsFor(annotated, outer.getSource())
                ? Optional.of(outer.synthesize())
                : Optional.empty();
    }

    private static boolean countsFor(AnnotatedMethod annotated, @Nullable Object source) {
        Method method = annotated.method();
        if (!Modifier.isPublic(method.getModifiers())
                || Modifier.isStatic(method.getModifiers())
                || isOfEveryObject(method)) {
            return false;
        }
        return !(source instanceof Class<?> type && type.isInterface())
                || Arrays.stream(type.getMethods())
                        .map(candidate ->
                                BridgeMethodResolver.getMostSpecificMethod(candidate, annotated.targetClass()))
                        .anyMatch(method::equals);
    }

    private static boolean isOfEveryObject(Method method) {
        return ReflectionUtils.isEqualsMethod(method)
                || ReflectionUtils.isHashCodeMethod(method)
                || ReflectionUtils.isToStringMethod(method);
    }

    private static MergedAnnotation<DistributedLock> on(AnnotatedElement element) {
        return MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY).get(DistributedLock.class);
    }
}
