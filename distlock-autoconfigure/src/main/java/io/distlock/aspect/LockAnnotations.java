package io.distlock.aspect;

import io.distlock.annotation.DistributedLock;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
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

    /** Several where it is repeated, outermost first; none where there is none. */
    static List<DistributedLock> find(AnnotatedMethod annotated) {
        Method method = annotated.method();
        if (method.getDeclaringClass() == Object.class || method.isSynthetic()) {
            return List.of();
        }
        List<MergedAnnotation<DistributedLock>> found = nearest(method);
        if (found.isEmpty()) {
            found = nearest(annotated.targetClass());
            if (found.isEmpty() || !countsFor(annotated, found.get(0).getSource())) {
                return List.of();
            }
        }
        return found.stream().map(MergedAnnotation::synthesize).toList();
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

    private static List<MergedAnnotation<DistributedLock>> nearest(AnnotatedElement element) {
        List<MergedAnnotation<DistributedLock>> all =
                MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY).stream(DistributedLock.class)
                        .toList();
        return all.stream()
                .filter(one -> one.getAggregateIndex() == all.get(0).getAggregateIndex())
                .toList();
    }
}
