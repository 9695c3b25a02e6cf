package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distlock.autoconfigure.DistlockProperties.Aspect;
import io.distlock.autoconfigure.DistlockProperties.Aspect.Mode;
import io.distlock.autoconfigure.DistlockProperties.OnFailure;
import io.distlock.autoconfigure.DistlockProperties.WaitStrategy;
import io.distlock.core.Retry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;

class DistlockPropertiesTests {

    @Test
    void nothingNeedsToBeWritten() {
        DistlockProperties properties = bind(Map.of());

        assertThat(properties)
                .isEqualTo(new DistlockProperties(
                        true,
                        "distlock:",
                        "redis",
                        null,
                        List.of(),
                        true,
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(15),
                        Duration.ofHours(24),
                        true,
                        null,
                        Duration.ZERO,
                        null,
                        Duration.ofMillis(500),
                        WaitStrategy.AUTO,
                        false,
                        RetryProperties.NONE,
                        0,
                        new DistlockProperties.Pass(64, Duration.ofMillis(10)),
                        Duration.ofHours(1),
                        0,
                        Map.of(),
                        OnFailure.WARN,
                        Duration.ofSeconds(10),
                        new Aspect(Mode.PROXY, null, OnFailure.FAIL)));
    }

    @Test
    void everythingCanBeWritten() {
        Map<String, String> written = new LinkedHashMap<>();
        written.put("distlock.enabled", "false");
        written.put("distlock.prefix", "orders:");
        written.put("distlock.driver", "memory");
        written.put("distlock.connection-factory", "locks");
        written.put("distlock.ttl", "1m");
        written.put("distlock.wait", "0s");
        written.put("distlock.max-ttl", "2m");
        written.put("distlock.auto-renew", "false");
        written.put("distlock.max-hold", "3m");
        written.put("distlock.grace", "4s");
        written.put("distlock.command-timeout", "5s");
        written.put("distlock.poll-interval", "6s");
        written.put("distlock.wait-strategy", "poll");
        written.put("distlock.max-waiters", "7");
        written.put("distlock.pass.max", "8");
        written.put("distlock.pass.time", "9ms");
        written.put("distlock.fence-retention", "10m");
        written.put("distlock.wait-for-replica", "18");
        written.put("distlock.nodes", "redis://a,redis://b");
        written.put("distlock.fencing", "false");
        written.put("distlock.rejoin-after", "13m");
        written.put("distlock.wait-within-ttl", "true");
        written.put("distlock.retry.strategy", "linear");
        written.put("distlock.retry.min", "14ms");
        written.put("distlock.retry.max", "15ms");
        written.put("distlock.retry.jitter", "0.16");
        written.put("distlock.retry.limit", "17");
        written.put("distlock.metadata.team", "shop");
        written.put("distlock.startup-check", "fail");
        written.put("distlock.shutdown-grace", "11s");
        written.put("distlock.aspect.mode", "aspectj");
        written.put("distlock.aspect.order", "12");
        written.put("distlock.aspect.verify", "off");

        assertThat(bind(written))
                .isEqualTo(new DistlockProperties(
                        false,
                        "orders:",
                        "memory",
                        "locks",
                        List.of("redis://a", "redis://b"),
                        false,
                        Duration.ofMinutes(13),
                        Duration.ofMinutes(1),
                        Duration.ZERO,
                        Duration.ofMinutes(2),
                        false,
                        Duration.ofMinutes(3),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(6),
                        WaitStrategy.POLL,
                        true,
                        new RetryProperties(
                                Retry.Strategy.LINEAR, Duration.ofMillis(14), Duration.ofMillis(15), 0.16, 17),
                        7,
                        new DistlockProperties.Pass(8, Duration.ofMillis(9)),
                        Duration.ofMinutes(10),
                        18,
                        Map.of("team", "shop"),
                        OnFailure.FAIL,
                        Duration.ofSeconds(11),
                        new Aspect(Mode.ASPECTJ, 12, OnFailure.OFF)));
    }

    @ParameterizedTest
    @CsvSource({"10s, PT1S", "1500ms, PT0.5S", "30s, PT1S", "200ms, PT0.1S", "50ms, PT0.1S"})
    void aCommandFailsAfterAThirdOfTheTtlButNeverTooSoonOrTooLate(String ttl, Duration timeout) {
        assertThat(bind(Map.of("distlock.ttl", ttl)).terms().effectiveCommandTimeout())
                .isEqualTo(timeout);
    }

    @Test
    void aCommandTimeoutThatIsWrittenCounts() {
        assertThat(bind(Map.of("distlock.command-timeout", "2s")).terms().effectiveCommandTimeout())
                .isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "distlock.ttl | 9ms | too short: the margin for clock drift would eat a shorter one | at least 10ms",
                "distlock.ttl | 0s | too short | at least 10ms",
                "distlock.ttl | -1s | negative | zero or more",
                "distlock.ttl | 500us | 'PT0.0005S', which is too short | at least 10ms",
                "distlock.ttl | 25h | longer than 'distlock.max-ttl', which is 86400s | raise 'distlock.max-ttl'",
                "distlock.max-ttl | 5s | longer than 'distlock.max-ttl', which is 5s | raise 'distlock.max-ttl'",
                "distlock.max-ttl | 4000d | too long | at most 3650d",
                "distlock.wait | -1s | negative | zero or more",
                "distlock.wait | P106751991167300D | too long | at most 3650d",
                "distlock.grace | -1ms | negative | zero or more",
                "distlock.max-hold | 0s | too short | at least 1ms",
                "distlock.command-timeout | 0s | too short | at least 1ms",
                "distlock.command-timeout | 10s | not shorter than 'distlock.ttl', which is 10s | a third of 'distlock.ttl'",
                "distlock.poll-interval | 0s | too short | at least 1ms",
                "distlock.fence-retention | 0s | too short | at least 1ms",
                "distlock.wait-for-replica | -1 | negative | zero or more",
                "distlock.shutdown-grace | -1s | negative | zero or more",
                "distlock.max-waiters | -1 | negative | zero or more",
                "distlock.pass.max | -1 | negative | zero or more",
                "distlock.pass.time | -1ms | negative | zero or more",
                "distlock.rejoin-after | -1s | negative | zero or more",
                "distlock.retry.min | 0s | too short | at least 1ms",
                "distlock.retry.min | 1s | longer than 'distlock.retry.max', which is 250ms | raise 'distlock.retry.max'",
                "distlock.retry.jitter | 1.1 | not between 0 and 1 | a part such as 0.2",
                "distlock.retry.jitter | -0.1 | not between 0 and 1 | a part such as 0.2",
                "distlock.retry.limit | -1 | negative | zero or more",
                "distlock.wait-within-ttl | true | 'distlock.wait' is '15s', which is longer than 'distlock.ttl' | at most 10s",
                "distlock.prefix | a{b:  | not free of braces | a text such as 'orders:'",
                "distlock.prefix | a}b:  | not free of braces | a text such as 'orders:'",
                "distlock.prefix | \"   \" | blank | a text",
                "distlock.prefix | \"\"    | blank | a text",
                "distlock.driver | \" \"   | blank | a text",
                "distlock.metadata.holds | x | must not contain 'holds', which distlock itself writes | Name or shorten"
            })
    void whatCannotWorkIsRefusedWithFactAndRemedy(String property, String value, String fact, String remedy) {
        assertThatThrownBy(() -> bind(Map.of(property, value)).terms()).satisfies(failure -> {
            FailureAnalysis analysis = new ConfigurationFailureAnalyzer().analyze(failure);
            assertThat(analysis).isNotNull();
            assertThat(analysis.getDescription()).contains("'distlock.").contains(fact);
            assertThat(analysis.getAction()).contains(remedy);
        });
    }

    @Test
    void aLockOfAQuorumMustNotOutliveTheTimeAfterWhichANodeMayVoteAgain() {
        assertThatThrownBy(() -> bind(Map.of("distlock.driver", "quorum", "distlock.ttl", "61s"))
                        .terms())
                .hasMessageContaining("'distlock.ttl' is '61s', which is longer than 'distlock.rejoin-after'");
        bind(Map.of("distlock.driver", "quorum", "distlock.ttl", "61s", "distlock.rejoin-after", "0s"))
                .terms();
    }

    @Test
    void anEmptyTimeIsTheDefault() {
        assertThat(bind(Map.of("distlock.ttl", "", "distlock.max-hold", ""))).isEqualTo(bind(Map.of()));
    }

    @Test
    void aRefusalNamesThePropertyAndTheValue() {
        assertThatThrownBy(() -> bind(Map.of("distlock.prefix", "a\u0007b")).terms())
                .hasMessage("Property 'distlock.prefix' is 'a?b', which is not free of control characters.");
    }

    @Test
    void aPrefixHasAnEnd() {
        assertThatThrownBy(
                        () -> bind(Map.of("distlock.prefix", "x".repeat(257))).terms())
                .hasMessageContaining("longer than 256 characters");
    }

    private static DistlockProperties bind(Map<String, String> written) {
        return new Binder(new MapConfigurationPropertySource(written))
                .bindOrCreate("distlock", DistlockProperties.class);
    }
}
