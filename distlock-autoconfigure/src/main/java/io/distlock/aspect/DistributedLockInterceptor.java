package io.distlock.aspect;

import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.Leases;
import io.distlock.LockRequest;
import io.distlock.Locker;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.function.SingletonSupplier;

/**
 * Puts a lock around calls of annotated methods, whichever way they come in. Asks for the {@link Locker} at the first
 * call, so that proxies can be made before it exists.
 */
public final class DistributedLockInterceptor implements MethodInterceptor {

    private final LockOperations operations;

    private final Supplier<Locker> locker;

    private final FutureCalls futures;

    public DistributedLockInterceptor(ConfigurableListableBeanFactory beans) {
        this.operations = new LockOperations(beans);
        this.locker = SingletonSupplier.of(() -> beans.getBean(Locker.class));
        this.futures = new FutureCalls(this.locker);
    }

    LockOperations operations() {
        return this.operations;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object target = invocation.getThis();
        Method method = invocation.getMethod();
        Class<?> type = target == null ? method.getDeclaringClass() : AopUtils.getTargetClass(target);
        List<LockOperation> locks = this.operations.get(method, type);
        Call.Body body = locks.get(0).extent() == Extent.CALL ? invocation::proceed : () -> proceedLater(invocation);
        return around(locks, new Call(target, invocation.getArguments(), body));
    }

    /** On another thread or again, so the invocation that is under way is left as it is. */
    private static @Nullable Object proceedLater(MethodInvocation invocation) throws Throwable {
        return invocation instanceof ProxyMethodInvocation proxied
                ? ExposeInvocationInterceptor.INSTANCE.invoke(proxied.invocableClone())
                : invocation.proceed();
    }

    @Nullable
    Object around(Method method, Class<?> type, Call call) throws Throwable {
        return around(this.operations.get(method, type), call);
    }

    private @Nullable Object around(List<LockOperation> locks, Call call) throws Throwable {
        LockOperation outermost = locks.get(0);
        if (locks.size() == 1) {
            return around(outermost, call);
        }
        List<LockOperation> inner = locks.subList(1, locks.size());
        return around(outermost, call.with(() -> around(inner, call.under(Leases.current()))));
    }

    private @Nullable Object around(LockOperation operation, Call call) throws Throwable {
        return switch (operation.extent()) {
            case CALL, AWAITED_FUTURE -> run(operation, call);
            case FUTURE -> this.futures.run(operation, call);
            case PUBLISHER -> new PublisherCall(operation, call, this.locker).publisher();
        };
    }

    private @Nullable Object run(LockOperation operation, Call call) throws Throwable {
        if (!operation.wants(call)) {
            return call.body().proceed();
        }
        LockRequest request = operation.bind(call);
        if (!operation.reentrant() || Leases.current().isEmpty()) {
            return lock(operation, request, call);
        }
        return reenter(operation, request, call);
    }

    /** Locks what this thread does not run under already; what it does must still be held. */
    private @Nullable Object reenter(LockOperation operation, LockRequest request, Call call) throws Throwable {
        List<Lease> held = request.keys().stream()
                .flatMap(key -> Leases.current(key).stream())
                .toList();
        held.forEach(Lease::ensureHeld);
        if (held.size() < request.keys().size()) {
            return lock(operation, operation.request(missing(request)), call);
        }
        try (LeaseScope scope = LeaseScope.open(held.get(0))) {
            return call.body().proceed();
        }
    }

    private static List<String> missing(LockRequest request) {
        return request.keys().stream()
                .filter(key -> Leases.current(key).isEmpty())
                .toList();
    }

    private @Nullable Object lock(LockOperation operation, LockRequest request, Call call) throws Throwable {
        return new LockedCall(operation, call).execute(Objects.requireNonNull(this.locker.get()), request);
    }
}
