package io.distlock.aspect;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** A call that came through a proxy and goes on while it is under way. Nothing else is made for it, since most are such. */
record ProxiedCall(MethodInvocation invocation) implements Call {

    @Override
    public @Nullable Object target() {
        return this.invocation.getThis();
    }

    @Override
    public @Nullable Object[] arguments() {
        return this.invocation.getArguments();
    }

    @Override
    public @Nullable Object proceed() throws Throwable {
        return this.invocation.proceed();
    }
}
