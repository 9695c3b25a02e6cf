package io.distlock.test;

import io.distlock.Locker;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test locks of its own, without Spring: as parameters of type {@link Locker}, to hand to what is tested, and
 * {@link TestLocks}. Tests may run at once.
 *
 * <pre>{@code
 * @ExtendWith(DistlockExtension.class)
 * class ShippingTests {
 *
 *     @Test
 *     void anOrderIsShippedUnderItsLock(Locker locker, TestLocks locks) { … }
 * }
 * }</pre>
 */
public final class DistlockExtension implements BeforeEachCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(DistlockExtension.class);

    @Override
    public void beforeEach(ExtensionContext test) {
        locks(test);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        Class<?> type = parameter.getParameter().getType();
        return test.getTestMethod().isPresent() && (type == Locker.class || type == TestLocks.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        TestLocks locks = locks(test);
        return parameter.getParameter().getType() == Locker.class ? locks.locker() : locks;
    }

    /** JUnit closes it when the test is over. */
    private static TestLocks locks(ExtensionContext test) {
        return test.getStore(NAMESPACE).computeIfAbsent(TestLocks.class, type -> TestLocks.create(), TestLocks.class);
    }
}
