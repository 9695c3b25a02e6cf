package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distlock.LockRequest;
import io.distlock.annotation.DistributedLock;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ReflectionUtils;

class LockKeyExpressionTests {

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    LockKeyExpressionTests() {
        this.context
                .getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("test", Map.of("shop.region", "eu", "shop.empty", "")));
        this.context.registerBean("tenant", Tenant.class);
        this.context.refresh();
    }

    @AfterEach
    void close() {
        this.context.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            commentCharacter = '!',
            value = {
                "plain text              | plain text",
                "order:#{#id}            | order:42",
                "#{#id}:#{#name}         | 42:Ann",
                "#id                     | 42",
                "#p0                     | 42",
                "#a1                     | Ann",
                "'order:' + #id          | order:42",
                "#name.toUpperCase()     | ANN",
                "@tenant.name()          | acme",
                "order:#{@tenant.name()} | order:acme",
                "T(Math).abs(#id)        | 42",
                "#root.methodName        | pay",
                "#root.args[0]           | 42",
                "#root.target.till()     | till-1",
                "#root.method.name       | pay",
                "#root.targetClass.simpleName | Shop",
                "order:${shop.region}    | order:eu",
                "order:${shop.none:us}:#{#id} | order:us:42",
                "#id + '${shop.region}'  | 42eu",
                "'order#id'              | order#id",
                "order #2                | order #2",
                "order:#ident            | order:#ident",
                "#{method.name}          | pay",
                "\"  order:1  \"         | order:1"
            })
    void aKeyIsTextOrOneExpression(String written, String key) {
        assertThat(keys(written, 42L, "Ann")).containsExactly(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "${shop.empty}"})
    void noKeyIsTheMethod(String written) {
        assertThat(keys(written, 1L, "Ann")).containsExactly(Shop.class.getName() + ".pay");
    }

    @Test
    void manyValuesAreManyKeys() {
        assertThat(keys("#any", List.of(3, 1, 3))).containsExactly("1", "3");
        assertThat(keys("#any", (Object) new String[] {"a", "b"})).containsExactly("a", "b");
        assertThat(keys("#any", (Object) new int[] {1, 2})).containsExactly("1", "2");
        assertThat(keys("order:#{#any}:x", List.of(1, 2))).containsExactly("order:1:x", "order:2:x");
        assertThat(keys("#{#any}#{#any}", List.of(1, 2))).containsExactly("11", "12", "21", "22");
    }

    @Test
    void whatHasATextIsAKey() {
        UUID id = UUID.randomUUID();

        assertThat(keys("#any", id)).containsExactly(id.toString());
        assertThat(keys("#any", Thread.State.NEW)).containsExactly("NEW");
        assertThat(keys("#any", Optional.of(7))).containsExactly("7");
        assertThat(keys("#any", new Order(7))).containsExactly("Order[id=7]");
    }

    @Test
    void nothingIsNoKey() {
        refused("#any", null, "expression '#any' is null");
        refused("order:#{#any}", null, "expression '#any' is null");
        refused("#any", " ", "expression '#any' is blank");
        refused("order:#{#any}", "", "expression '#any' is blank");
        refused("#any", Optional.empty(), "expression '#any' is null");
        refused("#any", List.of(), "expression '#any' is empty");
        refused("#any", new Object[0], "expression '#any' is empty");
        refused("#any", Arrays.asList("a", null), "expression '#any' is null");
        refused("#any", new Object[] {null}, "expression '#any' is null");
        refused("#any", List.of("a", ""), "expression '#any' is blank");
    }

    @Test
    void aTextThatDiffersFromJvmToJvmIsNoKey() {
        refused("#any", new Object(), "is a java.lang.Object, which has no text of its own");
    }

    @Test
    void tooManyAtOnceAreRefused() {
        List<Integer> most = IntStream.range(0, 100).boxed().toList();

        assertThat(keys("#any", most)).hasSize(100);
        refused("#any", Collections.nCopies(10_000, 1), "makes 10000 keys, and at most 100 go together");
        refused("#{#any}#{#any}", most, "makes 10000 keys");
    }

    @Test
    void aFailureNamesMethodAndExpression() {
        refused(
                "#any.nonsense()",
                "x",
                "for LockKeyExpressionTests.Shop.lock(Object): expression '#any.nonsense()' failed: EL1004E");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> keys("#root.target.fail()", "x"))
                .withMessageContaining("failed: out of order")
                .withRootCauseInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            commentCharacter = '!',
            value = {
                "#orderId       | key \"#orderId\" asks for parameter 'orderId', which the method does not have | id, name",
                "o:#{#nme}      | asks for parameter 'nme' | id, name",
                "#id + #p2      | asks for parameter 'p2'  | id, name",
                "#{#id          | cannot be parsed         | Correct the expression",
                "#id +          | cannot be parsed         | Correct the expression",
                "#lower(#name)  | there are no functions   | Call a method",
                "order:#id      | key \"order:#id\" has #id as mere text, which is the same in every call | Write #{#id}",
                "#{#id}:#name.x | has #name as mere text   | Write #{#name}",
                "order:#p0      | has #p0 as mere text     | Write #{#p0}",
                "order:#{id}    | asks for 'id' without its #, which finds no parameter | Write #id",
                "#id + name     | asks for 'name' without its # | Write #name",
                "o:#{name.length()} | asks for 'name' without its # | Write #name",
                "a:${shop.none} | names a property that is not set | give a default"
            })
    void whatCanNeverWorkIsRefusedWhenItIsRead(String written, String fact, String remedy) {
        assertThatThrownBy(() -> keys(written, 1L, "Ann"))
                .isInstanceOfSatisfying(InvalidLockAnnotationException.class, refusal -> {
                    assertThat(refusal)
                            .hasMessageStartingWith(
                                    "@DistributedLock on LockKeyExpressionTests.Shop.pay(long, String): ")
                            .hasMessageContaining(fact);
                    assertThat(refusal.remedy()).contains(remedy);
                });
    }

    @Test
    void aParameterNamedInAProjectionIsSeen() {
        assertThatThrownBy(() -> keys("#any.![#this + #unknown]", List.of(1)))
                .isInstanceOf(InvalidLockAnnotationException.class)
                .hasMessageContaining("'unknown'");
        assertThat(keys("#any.![#this + 1]", List.of(1, 2))).containsExactly("2", "3");
    }

    @Test
    void aPropertyOfWhatIsLockedMayBeCalledAsAParameterIs() {
        assertThat(keys("#any.![any]", List.of(new Any("a")))).containsExactly("a");
        assertThat(keys("#any.any", new Any("a"))).containsExactly("a");
        assertThat(keys("#any[any]", Map.of("any", "a"))).containsExactly("a");
    }

    private void refused(String written, Object argument, String fact) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> keys(written, argument))
                .withMessageStartingWith("No lock key for LockKeyExpressionTests.Shop.lock(Object): ")
                .withMessageContaining(fact);
    }

    private List<String> keys(String written, Object... arguments) {
        Object[] values = arguments == null ? new Object[1] : arguments;
        String name = values.length == 2 ? "pay" : "lock";
        Method method = Arrays.stream(ReflectionUtils.getDeclaredMethods(Shop.class))
                .filter(candidate -> candidate.getName().equals(name))
                .findFirst()
                .orElseThrow();
        ConfigurableListableBeanFactory beans = this.context.getBeanFactory();
        Expressions expressions = new Expressions(beans);
        AnnotatedMethod annotated = AnnotatedMethod.of(method, Shop.class);
        Parameters parameters = Parameters.of(method);
        Call call = new PlainCall(new Shop(), values, () -> null);
        return List.copyOf(LockKeyExpression.of(annotated, parameters, expressions, written)
                .fill(LockRequest.of("open"), call)
                .keys());
    }

    record Order(int id) {}

    public record Any(String any) {}

    static final class Tenant {

        public String name() {
            return "acme";
        }
    }

    static class Shop {

        @DistributedLock
        void pay(long id, String name) {}

        @DistributedLock
        void lock(Object any) {}

        public String till() {
            return "till-1";
        }

        public String fail() {
            throw new UnsupportedOperationException("out of order");
        }
    }
}
