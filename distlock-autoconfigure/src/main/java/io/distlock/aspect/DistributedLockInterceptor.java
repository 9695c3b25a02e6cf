package io.distlock.aspect;

import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.LockRequest;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Puts a lock around calls of annotated methods, whichever way they come in. Asks for a locker at the first
 * call, so that proxies can be made before it exists.
 */
public final class DistributedLockInterceptor implements MethodInterceptor {

    private final LockOperations operations;

    private final FutureCalls futures = new FutureCalls();

    public DistributedLockInterceptor(ConfigurableListableBeanFactory beans) {
        this.operations = new LockOperations(beans);
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
        return around(
                locks,
                locks.get(0).extent() == Extent.CALL
                        ? new ProxiedCall(invocation)
                        : new PlainCall(target, invocation.getArguments(), () -> proceedLater(invocation)));
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
        Optional<LeaseScope> before = LeaseScope.current();
        return around(outermost, call.with(() -> around(inner, underNew(before, call))));
    }

    /** A lock that was not wanted has opened no scope. */
    private static Call underNew(Optional<LeaseScope> before, Call call) {
        Optional<LeaseScope> now = LeaseScope.current();
        return now.isEmpty() || now.equals(before) ? call : call.under(HeldLease.of(now.get()));
    }

    private @Nullable Object around(LockOperation operation, Call call) throws Throwable {
        return switch (operation.extent()) {
            case CALL, AWAITED_FUTURE -> run(operation, call);
            case FUTURE -> this.futures.run(operation, call);
            case PUBLISHER -> new PublisherCall(operation, call).publisher();
        };
    }

    private @Nullable Object run(LockOperation operation, Call call) throws Throwable {
        if (!operation.wants(call)) {
            return call.proceed();
        }
        LockRequest request = operation.bind(call);
        return operation.reentrant() && !LeaseScope.isNone()
                ? reenter(operation, request, call)
                : lock(operation, request, call);
    }

    /** Locks what this thread does not run under already; what it does must still be held. */
    private @Nullable Object reenter(LockOperation operation, LockRequest request, Call call) throws Throwable {
        String locker = operation.locker().name();
        List<Lease> held = new ArrayList<>(0);
        List<String> missing = new ArrayList<>(request.keys().size());
        for (String key : request.keys()) {
            LeaseScope.holding(key, locker)
                    .filter(lease -> Reentry.serves(lease, key, request))
                    .ifPresentOrElse(held::add, () -> missing.add(key));
        }
        held.forEach(Lease::ensureHeld);
        if (held.isEmpty()) {
            return lock(operation, request, call);
        }
        if (!missing.isEmpty()) {
            return lock(operation, operation.bind(missing), call);
        }
        try (LeaseScope scope = operation.held(held.get(0)).open()) {
            return call.proceed();
        }
    }

    private @Nullable Object lock(LockOperation operation, LockRequest request, Call call) throws Throwable {
        return new LockedCall(operation, call).execute(request);
    }
}
