package io.distlock.aspect;

import io.distlock.LockNotAcquiredException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Calls another method of the object instead, directly, not through its proxy. */
record Fallback(Method method, boolean takesRefusal) implements Busy {

    static Fallback of(AnnotatedMethod annotated, String name) {
        Class<?>[] same = annotated.method().getParameterTypes();
        Class<?>[] more = Arrays.copyOf(same, same.length + 1);
        more[same.length] = LockNotAcquiredException.class;
        Method withRefusal = ReflectionUtils.findMethod(annotated.targetClass(), name, more);
        Method found =
                withRefusal != null ? withRefusal : ReflectionUtils.findMethod(annotated.targetClass(), name, same);
        if (found == null) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "fallback \"" + name + "\" is not a method of "
                            + annotated.targetClass().getName() + " with the same parameters",
                    "Write " + name
                            + Arrays.stream(same)
                                    .map(ClassUtils::getShortName)
                                    .collect(Collectors.joining(", ", "(", ")"))
                            + ", or the same with a LockNotAcquiredException at the end");
        }
        check(annotated, found);
        ReflectionUtils.makeAccessible(found);
        return new Fallback(found, found == withRefusal);
    }

    private static void check(AnnotatedMethod annotated, Method found) {
        Class<?> wanted = annotated.method().getReturnType();
        if (wanted != void.class && !ClassUtils.isAssignable(wanted, found.getReturnType())) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "fallback \"" + found.getName() + "\" returns "
                            + found.getReturnType().getName() + " where " + wanted.getName() + " is wanted",
                    "Let it return " + wanted.getName());
        }
        if (Modifier.isStatic(annotated.method().getModifiers()) && !Modifier.isStatic(found.getModifiers())) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "fallback \"" + found.getName() + "\" needs an object, and the method is static",
                    "Make it static");
        }
    }

    @Override
    public @Nullable Object answer(Call call, LockNotAcquiredException refusal) throws Throwable {
        Object[] arguments = call.arguments();
        if (this.takesRefusal) {
            arguments = Arrays.copyOf(arguments, arguments.length + 1, Object[].class);
            arguments[arguments.length - 1] = refusal;
        }
        try {
            return this.method.invoke(call.target(), arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getTargetException();
        }
    }
}
