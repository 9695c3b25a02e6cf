package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distlock.LockNotAcquiredException;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import java.util.List;
import java.util.concurrent.ForkJoinTask;
import java.util.function.Function;
import java.util.function.IntSupplier;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.core.OverridingClassLoader;
import org.springframework.core.PriorityOrdered;
import org.springframework.expression.spel.standard.SpelExpressionParser;

class DistributedLockCheckTests {

    @Test
    void goodAnnotationsAreNoProblem() {
        assertThat(problems(Good.class)).isEmpty();
    }

    @Test
    void everyProblemOfEveryBeanIsTold() {
        assertThat(problems(BadKeys.class, Good.class, BadTimes.class))
                .extracting(problem -> problem.getMessage() + " " + problem.remedy())
                .satisfiesExactlyInAnyOrder(
                        text -> assertThat(text).contains("BadKeys.unknown(int)", "'idd'", "it has: id"),
                        text -> assertThat(text).contains("BadKeys.broken()", "cannot be parsed"),
                        text -> assertThat(text).contains("BadTimes.text()", "ttl \"soon\" is not a time", "\"30s\""),
                        text -> assertThat(text).contains("BadTimes.tooShort()", "at least 10 ms"),
                        text -> assertThat(text)
                                .contains("BadTimes.tooLong()", "longer than its locker allows", "raise 'max-ttl'"),
                        text -> assertThat(text).contains("BadTimes.negative()", "waitFor must not be negative"),
                        text -> assertThat(text).contains("BadTimes.zero()", "maxHold must be longer than zero"),
                        text -> assertThat(text).contains("BadTimes.unset()", "property that is not set"));
    }

    @Test
    void aFixedKeyThatCannotBeLockedIsAProblem() {
        assertThat(problems(BadFixedKey.class))
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .hasMessageContaining("BadFixedKey.work()")
                        .hasMessageContaining("'~'"));
    }

    @Test
    void whatNoProxyCanInterceptIsAProblem() {
        assertThat(problems(Unreachable.class))
                .extracting(Throwable::getMessage)
                .satisfiesExactlyInAnyOrder(
                        text -> assertThat(text).contains("hidden()", "a method that is private"),
                        text -> assertThat(text).contains("last()", "a method that is final"),
                        text -> assertThat(text).contains("nobodys()", "a method that is static"));
    }

    @Test
    void wovenClassesHaveNoUnreachableMethods() {
        try (LockedBeans beans = new LockedBeans(Unreachable.class)) {
            assertThat(beans.wovenCheck().problems()).isEmpty();
        }
    }

    @Test
    void aResultThatCannotBeSkippedIsAProblem() {
        assertThat(problems(Skipping.class))
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .hasMessageContaining("number(): whenBusy = SKIP would have to give some int")
                        .extracting(InvalidLockAnnotationException::remedy)
                        .asString()
                        .contains("Optional"));
    }

    @Test
    void aFallbackThatDoesNotFitIsAProblem() {
        assertThat(problems(Falling.class))
                .extracting(problem -> problem.getMessage() + " " + problem.remedy())
                .satisfiesExactlyInAnyOrder(
                        text -> assertThat(text)
                                .contains("missing(int)", "\"nowhere\" is not a method", "Write nowhere(int)"),
                        text -> assertThat(text).contains("otherParameters(int)", "\"otherText\" is not a method"),
                        text -> assertThat(text)
                                .contains("otherResult(int)", "returns java.lang.Object where java.lang.String"),
                        text -> assertThat(text).contains("both(int)", "both say what a busy lock gives"));
    }

    @Test
    void aResultWhoseEndCannotBeSeenIsAProblem() {
        assertThat(problems(Endless.class))
                .extracting(Throwable::getMessage)
                .satisfiesExactlyInAnyOrder(
                        text -> assertThat(text).contains("task()", "java.util.concurrent.ForkJoinTask"),
                        text -> assertThat(text).contains("suspended(Continuation)", "suspend function"));
    }

    @Test
    void aLockedMethodThatTheSameObjectCallsIsAProblem() {
        assertThat(problems(CallingItself.class)).singleElement().satisfies(problem -> {
            assertThat(problem)
                    .hasMessageContaining("CallingItself.pay(long, int): it is called")
                    .message()
                    .satisfies(text -> assertThat(text.substring(text.indexOf(" by "), text.indexOf(", past"))
                                    .replace(" by ", "")
                                    .split(", "))
                            .containsExactlyInAnyOrder(
                                    "direct", "choosing", "inALambda", "byReference", "inherited", "caught"));
            assertThat(problem.remedy()).contains("@Lazy", "Locker.execute", "distlock.aspect.mode=aspectj");
        });
    }

    @Test
    void callsThatAreLockedAnywayAreNoProblem() {
        assertThat(problems(CallingOthers.class)).isEmpty();
    }

    @Test
    void aBeanThatWasMadeTooEarlyIsAProblem() {
        assertThat(problems(Processor.class, Good.class))
                .extracting(Throwable::getMessage)
                .isNotEmpty()
                .allSatisfy(text -> assertThat(text).contains("was made before proxies could be"));
    }

    @Test
    void beansThatAreNotMadeYetAreCheckedToo() {
        assertThat(problems(LazyBad.class, ManyBad.class)).hasSize(2);
    }

    @Test
    void aBeanWhoseTypeCannotBeReadIsLeftAlone() throws Exception {
        Class<?> unreadable = new WithoutMissing().loadClass(Unreadable.class.getName());
        try (LockedBeans beans = new LockedBeans(Good.class)) {
            beans.define("unreadable", unreadable);

            assertThat(beans.check().problems()).isEmpty();
        }
    }

    @Test
    void aMethodWithoutParameterNamesIsToldOfTheFlag() throws Exception {
        AnnotatedMethod nameless = new AnnotatedMethod(Function.class.getMethod("apply", Object.class), Good.class);
        Parameters parameters = Parameters.of(nameless.method());

        assertThat(parameters.nameless()).isTrue();
        assertThatThrownBy(() -> new VariableCheck(nameless, parameters, "key \"#id\"")
                        .check(new SpelExpressionParser().parseExpression("#id")))
                .isInstanceOfSatisfying(
                        InvalidLockAnnotationException.class,
                        problem -> assertThat(problem.remedy())
                                .contains("-parameters", "<maven.compiler.parameters>", "javaParameters", "#p0"));
    }

    private static List<InvalidLockAnnotationException> problems(Class<?>... types) {
        try (LockedBeans beans = new LockedBeans(types)) {
            List<InvalidLockAnnotationException> problems = beans.check().problems();
            assertThat(problems)
                    .extracting(InvalidLockAnnotationException::remedy)
                    .allSatisfy(remedy -> assertThat(remedy).matches("[A-Z].{10,}[^.]\\."));
            return problems;
        }
    }

    static class Good {

        @DistributedLock("order:#{#id}")
        void pay(int id) {}

        @DistributedLock(key = "#p0", fallback = "later", ttl = "30s")
        String withFallback(String id) {
            return id;
        }

        String later(String id, LockNotAcquiredException refusal) {
            return id;
        }
    }

    static class BadKeys {

        @DistributedLock("#idd")
        void unknown(int id) {}

        @DistributedLock("#{")
        void broken() {}
    }

    static class BadFixedKey {

        @DistributedLock("~record")
        void work() {}
    }

    static class BadTimes {

        @DistributedLock(ttl = "soon")
        void text() {}

        @DistributedLock(ttl = "9ms")
        void tooShort() {}

        @DistributedLock(ttl = "25h")
        void tooLong() {}

        @DistributedLock(waitFor = "-1s")
        void negative() {}

        @DistributedLock(maxHold = "0s")
        void zero() {}

        @DistributedLock(ttl = "${nobody.set.this}")
        void unset() {}
    }

    static class Unreachable {

        @DistributedLock
        private void hidden() {}

        @DistributedLock
        final void last() {}

        @DistributedLock
        static void nobodys() {}
    }

    static class Skipping {

        @DistributedLock(whenBusy = WhenBusy.SKIP)
        int number() {
            return 1;
        }

        @DistributedLock(whenBusy = WhenBusy.SKIP)
        void nothing() {}
    }

    static class Falling {

        @DistributedLock(fallback = "nowhere")
        void missing(int id) {}

        @DistributedLock(fallback = "otherText")
        void otherParameters(int id) {}

        void otherText(String id) {}

        @DistributedLock(fallback = "object")
        String otherResult(int id) {
            return "";
        }

        Object object(int id) {
            return "";
        }

        @DistributedLock(fallback = "fine", whenBusy = WhenBusy.SKIP)
        void both(int id) {}

        void fine(int id) {}
    }

    interface PayFunction {

        int pay(long id, int amount);
    }

    abstract static class Calling {

        abstract int pay(long id, int amount);

        int inherited() {
            return pay(1, 2);
        }
    }

    static class CallingItself extends Calling {

        @Override
        @DistributedLock("order:#{#id}")
        int pay(long id, int amount) {
            return amount;
        }

        int direct(long id) {
            return pay(id, 1) + 1;
        }

        int choosing(boolean large) {
            return pay(large ? 2L : 1L, large ? 2 : 1);
        }

        int caught(long id) {
            try {
                return Integer.parseInt("");
            } catch (NumberFormatException none) {
                return this.pay(id, 1);
            }
        }

        Runnable inALambda() {
            return () -> pay(1, 2);
        }

        PayFunction byReference() {
            return this::pay;
        }
    }

    static class CallingOthers {

        private final CallingOthers self;

        private CallingOthers other;

        CallingOthers(@Lazy CallingOthers self) {
            this.self = self;
            this.other = self;
        }

        @DistributedLock("order:#{#id}")
        int pay(long id) {
            return id == 0 ? 0 : pay(id - 1);
        }

        @DistributedLock("order:#{#id}")
        int payTwice(long id) {
            return pay(id) + pay(id);
        }

        int throughTheProxy(long id) {
            return this.self.pay(id) + (id > 0 ? this.other : this.self).pay(id);
        }

        IntSupplier byReferenceToTheProxy(CallingOthers any) {
            return () -> any.pay(1) + this.self.pay(2);
        }

        int afterAnAssignment(CallingOthers next) {
            return (this.other = next).pay(3);
        }

        static int ofNobody(CallingOthers any) {
            return any.pay(1);
        }
    }

    static class Endless {

        @DistributedLock
        ForkJoinTask<String> task() {
            return ForkJoinTask.adapt(() -> "done");
        }

        @DistributedLock
        Object suspended(Continuation<? super String> continuation) {
            return "";
        }
    }

    static class Processor implements BeanPostProcessor, PriorityOrdered {

        Processor(Good good) {}

        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }
    }

    @Lazy
    static class LazyBad {

        @DistributedLock("#none")
        void work() {}
    }

    @Scope("prototype")
    static class ManyBad {

        @DistributedLock("#none")
        void work() {}
    }

    static class Missing {}

    static class Unreadable {

        Missing missing() {
            return new Missing();
        }
    }

    private static final class WithoutMissing extends OverridingClassLoader {

        WithoutMissing() {
            super(DistributedLockCheckTests.class.getClassLoader());
        }

        @Override
        protected boolean isEligibleForOverriding(String name) {
            return name.equals(Unreadable.class.getName());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(Missing.class.getName())) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
