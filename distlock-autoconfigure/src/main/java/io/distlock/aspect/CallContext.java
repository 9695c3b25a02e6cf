package io.distlock.aspect;

import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.ConstructorResolver;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.IndexAccessor;
import org.springframework.expression.MethodResolver;
import org.springframework.expression.OperatorOverloader;
import org.springframework.expression.PropertyAccessor;
import org.springframework.expression.TypeComparator;
import org.springframework.expression.TypeConverter;
import org.springframework.expression.TypeLocator;
import org.springframework.expression.TypedValue;

/**
 * What expressions see of one call. Everything but the arguments comes from a context that all calls share, since making
 * a whole one costs more than the rest of the call.
 */
final class CallContext implements EvaluationContext {

    private final EvaluationContext shared;

    private final AnnotatedMethod annotated;

    private final Parameters parameters;

    private final Call call;

    CallContext(EvaluationContext shared, AnnotatedMethod annotated, Parameters parameters, Call call) {
        this.shared = shared;
        this.annotated = annotated;
        this.parameters = parameters;
        this.call = call;
    }

    @Override
    public TypedValue getRootObject() {
        return new TypedValue(new Root(
                this.annotated.method(), this.call.target(), this.annotated.targetClass(), this.call.arguments()));
    }

    @Override
    public @Nullable Object lookupVariable(String name) {
        Integer position = this.parameters.position(name);
        return position == null ? null : this.call.arguments()[position];
    }

    @Override
    public void setVariable(String name, @Nullable Object value) {
        throw new UnsupportedOperationException("The key of a lock is no place to set #" + name);
    }

    @Override
    public boolean isAssignmentEnabled() {
        return false;
    }

    @Override
    public List<PropertyAccessor> getPropertyAccessors() {
        return this.shared.getPropertyAccessors();
    }

    @Override
    public List<IndexAccessor> getIndexAccessors() {
        return this.shared.getIndexAccessors();
    }

    @Override
    public List<ConstructorResolver> getConstructorResolvers() {
        return this.shared.getConstructorResolvers();
    }

    @Override
    public List<MethodResolver> getMethodResolvers() {
        return this.shared.getMethodResolvers();
    }

    @Override
    public @Nullable BeanResolver getBeanResolver() {
        return this.shared.getBeanResolver();
    }

    @Override
    public TypeLocator getTypeLocator() {
        return this.shared.getTypeLocator();
    }

    @Override
    public TypeConverter getTypeConverter() {
        return this.shared.getTypeConverter();
    }

    @Override
    public TypeComparator getTypeComparator() {
        return this.shared.getTypeComparator();
    }

    @Override
    public OperatorOverloader getOperatorOverloader() {
        return this.shared.getOperatorOverloader();
    }

    /** {@code #root}. */
    record Root(
            Method method,
            @Nullable Object target,
            Class<?> targetClass,
            @Nullable Object[] args) {

        public String methodName() {
            return this.method.getName();
        }
    }
}
