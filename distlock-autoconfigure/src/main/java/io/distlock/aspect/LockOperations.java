package io.distlock.aspect;

import io.distlock.annotation.DistributedLock;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodClassKey;

/** Every operation of an application, each read when its method is first seen. */
final class LockOperations {

    private final Map<MethodClassKey, LockOperation> read = new ConcurrentHashMap<>();

    private final Expressions expressions;

    LockOperations(ConfigurableListableBeanFactory beans) {
        this.expressions = new Expressions(beans);
    }

    /**
     * @throws InvalidLockAnnotationException when the annotation can never work
     * @throws IllegalStateException when there is none
     */
    LockOperation get(Method called, Class<?> calledClass) {
        MethodClassKey key = new MethodClassKey(called, calledClass);
        LockOperation known = this.read.get(key);
        return known != null
                ? known
                : this.read.computeIfAbsent(key, unread -> read(AnnotatedMethod.of(called, calledClass)));
    }

    private LockOperation read(AnnotatedMethod annotated) {
        DistributedLock written = LockAnnotations.find(annotated)
                .orElseThrow(() -> new IllegalStateException("There is no @DistributedLock on " + annotated));
        return LockOperation.read(annotated, written, this.expressions);
    }
}
