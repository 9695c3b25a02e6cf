package io.distlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LockRequestTests {

    private static final LockRequest REQUEST = LockRequest.of("order:42");

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "\t", "\u2003 "})
    void aKeyThatIsNoneIsRefused(String key) {
        String fact = key == null ? "null" : "blank";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockRequest.of(key))
                .withMessageContainingAll("key", fact);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockRequest.of("a", "b", key))
                .withMessageContainingAll("key", fact);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\tb", "a\u0000b", "a\u007fb", "\u001b[31m"})
    void aKeyWithControlCharactersIsRefusedAndShownReadably(String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockRequest.of(key))
                .withMessageContainingAll("key", "control characters", "\\u00")
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain(key));
    }

    @Test
    void aKeyOfOneKibibyteIsTheLongest() {
        String longest = "é".repeat(512);
        assertThat(LockRequest.of(longest).keys()).containsExactly(longest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockRequest.of(longest + "k"))
                .withMessageContainingAll("key", "1024 bytes", "1025", "éééé");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockRequest.of("k".repeat(1_000_000)))
                .withMessageContaining("1000000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\ud800b", "\udc00", "a\ud83d"})
    void aKeyThatIsNoUnicodeIsRefused(String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockRequest.of(key))
                .withMessageContainingAll("key", "surrogates", "\\ud");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "{user}:1", "a:b/c d", "🔒", "null", "*?[a]", "a{", "ключ"})
    void anythingElseIsAKey(String key) {
        assertThat(LockRequest.of(key).keys()).containsExactly(key);
    }

    @Test
    void severalKeysAreTakenOnceEachAndInByteOrder() {
        assertThat(LockRequest.of("b", "a", "é", "a", "Z", "🔒").keys()).containsExactly("Z", "a", "b", "é", "🔒");
    }

    @ParameterizedTest
    @MethodSource
    void aTimeThatIsNoneIsRefusedWithItsNameAndValue(
            String name, UnaryOperator<LockRequest> wish, String fact, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> wish.apply(REQUEST))
                .withMessageContainingAll("lock's " + name, fact, value);
    }

    static Stream<Arguments> aTimeThatIsNoneIsRefusedWithItsNameAndValue() {
        Duration negative = Duration.ofMillis(-1);
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
        return Stream.of(
                wish("ttl", request -> request.ttl(Duration.ZERO), "at least 10 ms", "PT0S"),
                wish("ttl", request -> request.ttl(Duration.ofNanos(9_999_999)), "at least 10 ms", "PT0.009999999S"),
                wish("ttl", request -> request.ttl(negative), "negative", "PT-0.001S"),
                wish("ttl", request -> request.ttl(endless), "longer than", endless.toString()),
                wish("ttl", request -> request.ttl(null), "null", ""),
                wish("waitFor", request -> request.waitFor(negative), "negative", "PT-0.001S"),
                wish("waitFor", request -> request.waitFor(endless), "longer than", endless.toString()),
                wish("waitFor", request -> request.waitFor(null), "null", ""),
                wish("maxHold", request -> request.maxHold(Duration.ZERO), "longer than zero", ""),
                wish("maxHold", request -> request.maxHold(negative), "negative", "PT-0.001S"),
                wish("holdAtLeast", request -> request.holdAtLeast(negative), "negative", "PT-0.001S"),
                wish("holdAtLeast", request -> request.holdAtLeast(endless), "longer than", endless.toString()));
    }

    private static Arguments wish(String name, UnaryOperator<LockRequest> wish, String fact, String value) {
        return Arguments.of(name, wish, fact, value);
    }

    @Test
    void whatIsToHappenAtALossMustBeSaid() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> REQUEST.whenLost(null))
                .withMessage("A lock's whenLost must not be null");
    }

    @Test
    void theShortestTimesAreAllowed() {
        assertThatCode(() -> REQUEST.ttl(Duration.ofMillis(10))
                        .waitFor(Duration.ZERO)
                        .maxHold(Duration.ofNanos(1))
                        .holdAtLeast(Duration.ZERO))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "a\nb"})
    void aTokenOrNameThatCannotBeStoredIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> REQUEST.token(text))
                .withMessageContaining("token");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> REQUEST.name(text))
                .withMessageContaining("name");
    }

    @Test
    void permitsAreWhatTheModeSaysUnlessTheyAreNamed() {
        assertThat(REQUEST.permits()).isEqualTo(1);
        assertThat(REQUEST.mode()).isEqualTo(LockMode.EXCLUSIVE);
        assertThat(REQUEST.shared().permits()).isEqualTo(Integer.MAX_VALUE);
        assertThat(REQUEST.shared().mode()).isEqualTo(LockMode.SHARED);
        assertThat(REQUEST.permits(3).permits()).isEqualTo(3);
        assertThat(REQUEST.permits(3).shared().permits()).isEqualTo(3);
        assertThat(REQUEST.shared()
                        .permits(3)
                        .name("n")
                        .ttl(Duration.ofSeconds(1))
                        .permits())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void fewerThanOnePermitIsRefused(int permits) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> REQUEST.permits(permits))
                .withMessageContainingAll("at least one permit", String.valueOf(permits));
    }

    @Test
    void whatStandsAtSharedKeysIsNoToken() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> REQUEST.token("shared"))
                .withMessageContaining("several hold");
    }

    @Test
    void metadataHasALimit() {
        assertThat(REQUEST.metadata(Map.of("k", "v".repeat(4095))).metadata()).hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> REQUEST.metadata(Map.of("k", "v".repeat(4096))))
                .withMessageContainingAll("metadata", "4096 bytes", "4097");
    }

    @ParameterizedTest
    @ValueSource(strings = {"instance", "thread", "name", "method", "holds", "permits", "~inbox", "~"})
    void metadataDoesNotSpeakInTheNameOfTheLock(String fact) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> REQUEST.metadata(Map.of("team", "shop", fact, "x")))
                .withMessage("A lock's metadata must not contain '" + fact
                        + "', which distlock itself writes beside its locks: choose another name for it");
    }

    @Test
    void aWishMakesACopy() {
        LockRequest changed = REQUEST.ttl(Duration.ofSeconds(1)).token("mine").autoRenew(false);
        assertThat(REQUEST.ttl()).isEmpty();
        assertThat(REQUEST.token()).isEmpty();
        assertThat(REQUEST.autoRenew()).isEmpty();
        assertThat(changed.ttl()).contains(Duration.ofSeconds(1));
        assertThat(changed.token()).contains("mine");
        assertThat(changed.autoRenew()).contains(false);
    }
}
