package io.distlock.aspect;

import io.distlock.annotation.DistributedLock;
import io.distlock.aspect.SelfCalls.SelfCall;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.springframework.asm.Type;
import org.springframework.util.ReflectionUtils;

/**
 * Finds locked methods that another method of the same object calls, past any proxy. Where the caller is under the same
 * keys already, nothing is lost.
 */
final class SelfCallCheck {

    private final Map<Class<?>, List<SelfCall>> calls = new ConcurrentHashMap<>();

    void check(AnnotatedMethod annotated) {
        Set<String> keys = keys(annotated);
        String callers = this.calls.computeIfAbsent(annotated.targetClass(), SelfCalls::in).stream()
                .filter(call -> reaches(call, annotated))
                .map(SelfCall::caller)
                .filter(caller -> !isUnder(keys, caller, annotated.targetClass()))
                .distinct()
                .collect(Collectors.joining(", "));
        if (!callers.isEmpty()) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "it is called on the same object by " + callers + ", past the proxy and so without a lock",
                    "Move it to another bean, call it through an injected @Lazy reference to the bean itself, use"
                            + " Locker.execute, or weave with distlock.aspect.mode=aspectj");
        }
    }

    private static boolean reaches(SelfCall call, AnnotatedMethod annotated) {
        return call.callee().equals(annotated.method().getName())
                && Arrays.stream(ReflectionUtils.getAllDeclaredMethods(annotated.targetClass()))
                        .filter(method -> method.getName().equals(call.callee())
                                && Type.getMethodDescriptor(method).equals(call.descriptor()))
                        .anyMatch(method -> AnnotatedMethod.of(method, annotated.targetClass())
                                .equals(annotated));
    }

    private static boolean isUnder(Set<String> keys, String caller, Class<?> type) {
        return Arrays.stream(ReflectionUtils.getAllDeclaredMethods(type))
                .filter(method -> method.getName().equals(caller))
                .anyMatch(method -> keys(AnnotatedMethod.of(method, type)).containsAll(keys));
    }

    /** As they are written; where nothing is, each method has its own. */
    private static Set<String> keys(AnnotatedMethod annotated) {
        return LockAnnotations.find(annotated).stream()
                .map(DistributedLock::key)
                .map(key -> key.isBlank() ? annotated.key() : key)
                .collect(Collectors.toSet());
    }
}
