package io.distlock.aspect;

import io.distlock.annotation.DistributedLock;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;

/** Looks at every bean that an application defines, made or not, for annotations that cannot work. */
public final class DistributedLockCheck {

    private static final Log LOGGER = LogFactory.getLog(DistributedLockCheck.class);

    private final ConfigurableListableBeanFactory beans;

    private final LockOperations operations;

    private final Optional<ProxyCheck> proxies;

    private final LockerLimits limits;

    private DistributedLockCheck(
            ConfigurableListableBeanFactory beans,
            LockOperations operations,
            Optional<ProxyCheck> proxies,
            LockerLimits limits) {
        this.beans = beans;
        this.operations = operations;
        this.proxies = proxies;
        this.limits = limits;
    }

    /**
     * For calls that come through proxies, which do not reach every method.
     */
    public static DistributedLockCheck ofProxies(
            ConfigurableListableBeanFactory beans, DistributedLockInterceptor interceptor, LockerLimits limits) {
        return new DistributedLockCheck(
                beans, interceptor.operations(), Optional.of(new ProxyCheck(beans, interceptor)), limits);
    }

    /**
     * For calls of woven classes.
     */
    public static DistributedLockCheck ofWovenClasses(
            ConfigurableListableBeanFactory beans, DistributedLockInterceptor interceptor, LockerLimits limits) {
        return new DistributedLockCheck(beans, interceptor.operations(), Optional.empty(), limits);
    }

    /** Everything that is wrong; to be called when the singletons have been made. */
    public List<InvalidLockAnnotationException> problems() {
        List<InvalidLockAnnotationException> problems = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (String name : this.beans.getBeanDefinitionNames()) {
            Class<?> type = typeOf(name);
            annotatedMethods(type).forEach(method -> {
                try {
                    names.addAll(this.operations.names(method, type));
                    check(name, type, method);
                } catch (InvalidLockAnnotationException problem) {
                    problems.add(problem);
                }
            });
        }
        problems.addAll(this.operations.tunings().strangers(names));
        return problems;
    }

    /** Of all annotations that can work; to be called when the singletons have been made. */
    public Set<LockLabel> labels() {
        Set<LockLabel> labels = new LinkedHashSet<>();
        for (String name : this.beans.getBeanDefinitionNames()) {
            Class<?> type = typeOf(name);
            annotatedMethods(type).forEach(method -> {
                try {
                    this.operations.get(method, type).forEach(lock -> labels.add(lock.label()));
                } catch (InvalidLockAnnotationException problem) {
                    LOGGER.debug("A lock without a label, since it cannot work", problem);
                }
            });
        }
        return labels;
    }

    private void check(String bean, Class<?> type, Method method) {
        List<LockOperation> locks = this.operations.get(method, type);
        locks.forEach(lock -> lock.check(this.limits));
        this.proxies.ifPresent(proxy -> proxy.check(bean, locks.get(0).annotated()));
    }

    /** What is no object that could be annotated stands for a type that cannot be told, such as of a scope that is over. */
    private Class<?> typeOf(String bean) {
        try {
            return Objects.requireNonNullElse(AutoProxyUtils.determineTargetClass(this.beans, bean), Object.class);
        } catch (BeansException | IllegalStateException untold) {
            LOGGER.debug("Bean '" + bean + "' is not checked for locks, since its type is not known", untold);
            return Object.class;
        }
    }

    private static Set<Method> annotatedMethods(Class<?> type) {
        if (!AnnotationUtils.isCandidateClass(type, DistributedLock.class)) {
            return Set.of();
        }
        try {
            return MethodIntrospector.selectMethods(type, (Method method) -> isAnnotated(method, type));
        } catch (IllegalStateException | LinkageError | TypeNotPresentException unreadable) {
            LOGGER.debug(type + " is not checked for locks, since something that it names is missing", unreadable);
            return Set.of();
        }
    }

    private static boolean isAnnotated(Method method, Class<?> type) {
        return !LockAnnotations.find(AnnotatedMethod.of(method, type)).isEmpty();
    }
}
