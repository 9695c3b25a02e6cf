package io.distlock.aspect;

import io.distlock.annotation.DistributedLock;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodClassKey;
import org.springframework.util.function.SingletonSupplier;

/** Every operation of an application, each read when its method is first seen. */
final class LockOperations {

    private final Map<MethodClassKey, List<LockOperation>> read = new ConcurrentHashMap<>();

    private final Expressions expressions;

    private final Supplier<LockTunings> tunings;

    LockOperations(ConfigurableListableBeanFactory beans) {
        this.expressions = new Expressions(beans);
        this.tunings = SingletonSupplier.of(
                () -> beans.getBeanProvider(LockTunings.class).getIfAvailable(() -> LockTunings.NONE));
    }

    LockTunings tunings() {
        return this.tunings.get();
    }

    /**
     * Outermost first.
     *
     * @throws InvalidLockAnnotationException when an annotation can never work
     * @throws IllegalStateException when there is none
     */
    List<LockOperation> get(Method called, Class<?> calledClass) {
        MethodClassKey key = new MethodClassKey(called, calledClass);
        List<LockOperation> known = this.read.get(key);
        return known != null
                ? known
                : this.read.computeIfAbsent(key, unread -> read(AnnotatedMethod.of(called, calledClass)));
    }

    /** @throws InvalidLockAnnotationException when a name cannot be read */
    List<String> names(Method called, Class<?> calledClass) {
        AnnotatedMethod annotated = AnnotatedMethod.of(called, calledClass);
        return LockAnnotations.find(annotated).stream()
                .map(written -> LockOperation.name(annotated, written, this.expressions))
                .toList();
    }

    private List<LockOperation> read(AnnotatedMethod annotated) {
        List<DistributedLock> written = LockAnnotations.find(annotated);
        if (written.isEmpty()) {
            throw new IllegalStateException("There is no @DistributedLock on " + annotated);
        }
        return written.stream()
                .map(one -> LockOperation.read(annotated, one, this.expressions, tunings()))
                .toList();
    }
}
