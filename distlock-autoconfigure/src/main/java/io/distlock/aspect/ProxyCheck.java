package io.distlock.aspect;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Whether calls of a method come through the interceptor, as far as that can be seen. */
record ProxyCheck(
        ConfigurableListableBeanFactory beans, DistributedLockInterceptor interceptor, SelfCallCheck selfCalls) {

    ProxyCheck(ConfigurableListableBeanFactory beans, DistributedLockInterceptor interceptor) {
        this(beans, interceptor, new SelfCallCheck());
    }

    void check(String bean, AnnotatedMethod annotated) {
        int modifiers = annotated.method().getModifiers();
        if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers) || Modifier.isFinal(modifiers)) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "no proxy can intercept a method that is "
                            + Modifier.toString(modifiers & (Modifier.PRIVATE | Modifier.STATIC | Modifier.FINAL)),
                    "Make it an ordinary method, use Locker.execute, or weave with distlock.aspect.mode=aspectj");
        }
        Object made = this.beans.getSingleton(bean);
        if (annotated.targetClass().isInstance(made) && !isIntercepted(made)) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    "bean '" + bean + "' was made before proxies could be, so its calls are not locked",
                    "Do not let a BeanPostProcessor or BeanFactoryPostProcessor depend on it, or inject it there with"
                            + " @Lazy");
        }
        this.selfCalls.check(annotated);
    }

    private boolean isIntercepted(@Nullable Object object) {
        return object instanceof Advised advised
                && (Arrays.stream(advised.getAdvisors()).anyMatch(advisor -> advisor.getAdvice() == this.interceptor)
                        || isIntercepted(AopProxyUtils.getSingletonTarget(advised)));
    }
}
