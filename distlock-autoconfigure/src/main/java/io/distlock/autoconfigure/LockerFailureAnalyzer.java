package io.distlock.autoconfigure;

import io.distlock.Locker;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;

/** A locker that is asked for by a name that none has: which there are. Before Boot's own analysis, which knows no names. */
@Order(0)
final class LockerFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {

    private final @Nullable BeanFactory beans;

    LockerFailureAnalyzer(@Nullable BeanFactory beans) {
        this.beans = beans;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
        ResolvableType wanted = cause.getResolvableType();
        if (wanted == null
                || wanted.resolve() != Locker.class
                || cause instanceof NoUniqueBeanDefinitionException
                || !(this.beans instanceof ListableBeanFactory all)) {
            return null;
        }
        InjectionPoint point = point(rootFailure);
        String place = point == null
                ? "Something"
                : point.getMember().getDeclaringClass().getSimpleName();
        String name = qualifier(point).map(value -> " named '" + value + "'").orElse("");
        String names = String.join(
                ", ",
                Arrays.stream(all.getBeanNamesForType(Locker.class, true, false))
                        .map(BeanLockers::name)
                        .sorted()
                        .toList());
        return new FailureAnalysis(
                place + " asks for a locker" + name + ", and there is none" + (name.isEmpty() ? "" : " of that name")
                        + ".",
                names.isEmpty()
                        ? "Let DistlockAutoConfiguration make lockers (is it excluded, or 'distlock.enabled' false?), or define one."
                        : "Ask for one that is there: " + names
                                + ". Or describe the one that is meant below 'distlock.lockers'.",
                rootFailure);
    }

    private static @Nullable InjectionPoint point(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(UnsatisfiedDependencyException.class::isInstance)
                .map(cause -> ((UnsatisfiedDependencyException) cause).getInjectionPoint())
                .filter(Objects::nonNull)
                .reduce((outer, inner) -> inner)
                .orElse(null);
    }

    private static Optional<String> qualifier(@Nullable InjectionPoint point) {
        Qualifier qualifier = point == null ? null : point.getAnnotation(Qualifier.class);
        return Optional.ofNullable(qualifier).map(Qualifier::value);
    }
}
