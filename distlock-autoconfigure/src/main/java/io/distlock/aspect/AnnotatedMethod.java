package io.distlock.aspect;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.util.ClassUtils;

/**
 * A method as it is found on one class of objects, whatever interface or proxy it was called through.
 *
 * @param method the one that will run
 * @param targetClass class of the objects, which may have inherited it
 */
record AnnotatedMethod(Method method, Class<?> targetClass) {

    static AnnotatedMethod of(Method called, Class<?> calledClass) {
        if (Proxy.isProxyClass(calledClass)) {
            return new AnnotatedMethod(called, called.getDeclaringClass());
        }
        Class<?> userClass = ClassUtils.getUserClass(calledClass);
        return new AnnotatedMethod(BridgeMethodResolver.getMostSpecificMethod(called, userClass), userClass);
    }

    /** {@code OrderService.pay}: what metrics say. */
    String label() {
        return ClassUtils.getShortName(this.targetClass) + "." + this.method.getName();
    }

    /** {@code com.shop.OrderService.pay}: what is locked where nothing else is said. */
    String key() {
        return this.targetClass.getName() + "." + this.method.getName();
    }

    @Override
    public String toString() {
        return label()
                + Arrays.stream(this.method.getParameterTypes())
                        .map(ClassUtils::getShortName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }
}
