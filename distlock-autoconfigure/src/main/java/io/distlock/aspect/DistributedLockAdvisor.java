package io.distlock.aspect;

import io.distlock.annotation.DistributedLock;
import java.lang.reflect.Method;
import org.aopalliance.aop.Advice;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AbstractPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationUtils;

/** Entrance for calls through Spring proxies. */
public final class DistributedLockAdvisor extends AbstractPointcutAdvisor {

    /** Outside of transactions and caches, whose advisors come last; inside of what puts itself first, such as retries. */
    public static final int DEFAULT_ORDER = Ordered.LOWEST_PRECEDENCE - 100;

    private final transient Pointcut pointcut = new AnnotatedMethods();

    private final transient DistributedLockInterceptor interceptor;

    public DistributedLockAdvisor(DistributedLockInterceptor interceptor, int order) {
        this.interceptor = interceptor;
        setOrder(order);
    }

    @Override
    public Pointcut getPointcut() {
        return this.pointcut;
    }

    @Override
    public Advice getAdvice() {
        return this.interceptor;
    }

    private static final class AnnotatedMethods extends StaticMethodMatcherPointcut {

        AnnotatedMethods() {
            ClassFilter candidates = type -> AnnotationUtils.isCandidateClass(type, DistributedLock.class);
            setClassFilter(candidates);
        }

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return !LockAnnotations.find(AnnotatedMethod.of(method, targetClass))
                    .isEmpty();
        }
    }
}
