package io.distlock.aspect;

import io.distlock.annotation.DistributedLock;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;

/** Looks at every bean that an application defines, made or not, for annotations that cannot work. */
public final class DistributedLockCheck {

    private final ConfigurableListableBeanFactory beans;

    private final LockOperations operations;

    private final Optional<ProxyCheck> proxies;

    private final Duration longestTtl;

    private DistributedLockCheck(
            ConfigurableListableBeanFactory beans,
            LockOperations operations,
            Optional<ProxyCheck> proxies,
            Duration longestTtl) {
        this.beans = beans;
        this.operations = operations;
        this.proxies = proxies;
        this.longestTtl = longestTtl;
    }

    /** For calls that come through proxies, which do not reach every method. */
    public static DistributedLockCheck ofProxies(
            ConfigurableListableBeanFactory beans, DistributedLockInterceptor interceptor, Duration longestTtl) {
        return new DistributedLockCheck(
                beans, interceptor.operations(), Optional.of(new ProxyCheck(beans, interceptor)), longestTtl);
    }

    /** For calls of woven classes. */
    public static DistributedLockCheck ofWovenClasses(
            ConfigurableListableBeanFactory beans, DistributedLockInterceptor interceptor, Duration longestTtl) {
        return new DistributedLockCheck(beans, interceptor.operations(), Optional.empty(), longestTtl);
    }

    /** Everything that is wrong; to be called when the singletons have been made. */
    public List<InvalidLockAnnotationException> problems() {
        List<InvalidLockAnnotationException> problems = new ArrayList<>();
        for (String name : this.beans.getBeanDefinitionNames()) {
            Class<?> type = AutoProxyUtils.determineTargetClass(this.beans, name);
            if (type != null && AnnotationUtils.isCandidateClass(type, DistributedLock.class)) {
                check(name, type, problems);
            }
        }
        return problems;
    }

    private void check(String bean, Class<?> type, List<InvalidLockAnnotationException> problems) {
        for (Method method : MethodIntrospector.selectMethods(type, (Method method) -> isAnnotated(method, type))) {
            try {
                List<LockOperation> locks = this.operations.get(method, type);
                locks.forEach(lock -> lock.terms().check(lock.annotated(), this.longestTtl));
                this.proxies.ifPresent(proxy -> proxy.check(bean, locks.get(0).annotated()));
            } catch (InvalidLockAnnotationException problem) {
                problems.add(problem);
            }
        }
    }

    private static boolean isAnnotated(Method method, Class<?> type) {
        return !LockAnnotations.find(AnnotatedMethod.of(method, type)).isEmpty();
    }
}
