package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.annotation.DistributedLock;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AliasFor;

class LockAnnotationsTests {

    @Test
    void aMethodsOwnCountsBeforeThatOfItsClass() {
        assertThat(key(Annotated.class, "own")).hasValue("method");
        assertThat(key(Annotated.class, "plain")).hasValue("class");
    }

    @Test
    void valueAndKeyAreTheSame() {
        assertThat(find(Annotated.class, "own").orElseThrow().value()).isEqualTo("method");
    }

    @Test
    void thatOfAClassCountsForPublicMethodsOfItsObjectsOnly() {
        assertThat(key(Annotated.class, "hidden")).isEmpty();
        assertThat(key(Annotated.class, "ofNobody")).isEmpty();
        assertThat(key(Annotated.class, "toString")).isEmpty();
    }

    @Test
    void anOwnOneCountsOnAnyMethod() {
        assertThat(key(Sub.class, "secret")).hasValue("private");
    }

    @Test
    void whatIsOverriddenAndInheritedCounts() {
        assertThat(key(Sub.class, "own")).hasValue("method");
        assertThat(key(Sub.class, "plain")).hasValue("class");
        assertThat(key(Sub.class, "added")).hasValue("class");
    }

    @Test
    void aMethodThatSaysItAnewCounts() {
        assertThat(key(Anew.class, "own")).hasValue("anew");
    }

    @Test
    void anInterfaceCountsForTheMethodsItHas() {
        assertThat(key(Shop.class, "pay")).hasValue("interface");
        assertThat(key(Shop.class, "sell")).hasValue("interface method");
        assertThat(key(Shop.class, "clean")).isEmpty();
    }

    @Test
    void aGenericMethodIsFoundBehindItsBridge() {
        assertThat(key(IntStore.class, "put")).hasValue("generic");
        assertThat(key(IntDepot.class, "put")).hasValue("store");
    }

    @Test
    void anAnnotationOfOnesOwnCanStandForIt() {
        DistributedLock found = find(Meta.class, "job").orElseThrow();

        assertThat(found.key()).isEqualTo("jobs");
        assertThat(found.waitFor()).isEqualTo("0s");
    }

    @Test
    void nothingIsFoundWhereNothingIs() {
        assertThat(key(Meta.class, "plain")).isEmpty();
    }

    private static Optional<String> key(Class<?> type, String name) {
        return find(type, name).map(DistributedLock::key);
    }

    private static Optional<DistributedLock> find(Class<?> type, String name) {
        Method method = Arrays.stream(type.getMethods())
                .filter(candidate -> candidate.getName().equals(name))
                .findFirst()
                .orElseGet(() -> declared(type, name));
        List<DistributedLock> found = LockAnnotations.find(AnnotatedMethod.of(method, type));
        assertThat(found).hasSizeLessThan(2);
        return found.stream().findFirst();
    }

    private static Method declared(Class<?> type, String name) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(candidate -> candidate.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @DistributedLock("class")
    public static class Annotated {

        @DistributedLock("method")
        public void own() {}

        public void plain() {}

        void hidden() {}

        public static void ofNobody() {}

        @Override
        public String toString() {
            return super.toString();
        }
    }

    public static class Sub extends Annotated {

        @Override
        public void own() {}

        public void added() {}

        @DistributedLock("private")
        private void secret() {}
    }

    public static class Anew extends Annotated {

        @Override
        @DistributedLock("anew")
        public void own() {}
    }

    @DistributedLock("interface")
    public interface Paying {

        void pay();

        @DistributedLock("interface method")
        void sell();
    }

    public static class Shop implements Paying {

        @Override
        public void pay() {}

        @Override
        public void sell() {}

        public void clean() {}
    }

    public interface Store<T> {

        @DistributedLock("generic")
        void put(T value);
    }

    public static class IntStore implements Store<Integer> {

        @Override
        public void put(Integer value) {}
    }

    @DistributedLock("store")
    public interface Depot<T> {

        void put(T value);
    }

    public static class IntDepot implements Depot<Integer> {

        @Override
        public void put(Integer value) {}
    }

    @Retention(RetentionPolicy.RUNTIME)
    @DistributedLock(waitFor = "0s")
    public @interface Job {

        @AliasFor(annotation = DistributedLock.class, attribute = "key")
        String value();
    }

    public static class Meta {

        @Job("jobs")
        public void job() {}

        public void plain() {}
    }
}
