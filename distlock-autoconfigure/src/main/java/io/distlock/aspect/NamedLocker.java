package io.distlock.aspect;

import io.distlock.LeaseScope;
import io.distlock.Locker;
import io.distlock.Lockers;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.function.SingletonSupplier;

/**
 * The locker that an annotation names. It is asked for when the first call needs it, so that proxies can be made before
 * it exists.
 */
record NamedLocker(String name, BeanFactory beans, Supplier<Locker> supplier) {

    /** @param name blank = the one that is used where none is named */
    static NamedLocker of(String name, BeanFactory beans) {
        return name.isEmpty()
                ? new NamedLocker(
                        LeaseScope.DEFAULT_LOCKER, beans, SingletonSupplier.of(() -> beans.getBean(Locker.class)))
                : new NamedLocker(
                        name,
                        beans,
                        SingletonSupplier.of(() -> beans.getBean(Lockers.class).get(name)));
    }

    /** @throws IllegalArgumentException when there is none of that name */
    Locker get() {
        return this.supplier.get();
    }

    /** @throws InvalidLockAnnotationException when there is none of that name */
    void check(AnnotatedMethod annotated) {
        if (this.name.equals(LeaseScope.DEFAULT_LOCKER)) {
            return;
        }
        Lockers lockers = this.beans.getBeanProvider(Lockers.class).getIfAvailable();
        Set<String> names = lockers == null ? Set.of() : new TreeSet<>(lockers.names());
        if (!names.contains(this.name)) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "there is no locker \"" + this.name + "\"",
                    "Use one that there is (" + String.join(", ", names) + "), or configure 'distlock.lockers."
                            + this.name + "'");
        }
    }
}
