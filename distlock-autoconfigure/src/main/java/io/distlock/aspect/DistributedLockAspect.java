package io.distlock.aspect;

import java.lang.reflect.Method;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Pointcut;
import org.aspectj.lang.reflect.MethodSignature;
import org.jspecify.annotations.Nullable;

/**
 * Entrance for calls of woven classes: also of private methods, and from the same object. AspectJ makes the only one;
 * until it is connected, annotated methods refuse to run.
 */
@Aspect
public final class DistributedLockAspect {

    private volatile @Nullable DistributedLockInterceptor interceptor;

    /** Where calls go from here on; null = nowhere. */
    public void connect(@Nullable DistributedLockInterceptor interceptor) {
        this.interceptor = interceptor;
    }

    // execution alone: a call of a woven method from a woven class would otherwise be met twice.
    @Pointcut("execution(@io.distlock.annotation.DistributedLock * *(..))"
            + " || execution(@io.distlock.annotation.DistributedLocks * *(..))")
    void ownLock() {}

    @Pointcut("execution(public !static * (@io.distlock.annotation.DistributedLock *).*(..))"
            + " || execution(public !static * (@io.distlock.annotation.DistributedLocks *).*(..))")
    void lockOfItsClass() {}

    // As everywhere, a lock of the class is not one of what every object has.
    @Pointcut("execution(boolean *.equals(Object)) || execution(int *.hashCode()) || execution(String *.toString())")
    void ofEveryObject() {}

    @Around("ownLock() || lockOfItsClass() && !ofEveryObject()")
    public @Nullable Object around(ProceedingJoinPoint point) throws Throwable {
        Method method = ((MethodSignature) point.getSignature()).getMethod();
        DistributedLockInterceptor connected = this.interceptor;
        if (connected == null) {
            throw new IllegalStateException(method + " is woven to be locked, but no application context with"
                    + " distlock.aspect.mode=aspectj is running");
        }
        Object target = point.getThis();
        Class<?> type = target == null ? method.getDeclaringClass() : target.getClass();
        return connected.around(method, type, new PlainCall(target, point.getArgs(), point::proceed));
    }
}
