package io.distlock.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Cases;
import io.distlock.Lease;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.autoconfigure.DistlockAutoConfiguration;
import io.distlock.redis.RedisLockDriverAutoConfiguration;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Quorum and sequence as applications configure them, and what of that can never work. */
@ExtendWith(OutputCaptureExtension.class)
class SeveralNodesConfigurationTests {

    private static final PrivateRedis ONE = RedisServers.start();

    private static final PrivateRedis TWO = RedisServers.start();

    private static final PrivateRedis GUARDED = RedisServers.start("--requirepass", "secret");

    private static final PrivateRedis GUARDED_TOO = RedisServers.start("--requirepass", "secret");

    /** Where nobody listens. */
    private static final String AWAY = "redis://127.0.0.1:1";

    private static final String AWAY_TOO = "redis://127.0.0.1:2";

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DistlockAutoConfiguration.class,
                    QuorumLockDriverAutoConfiguration.class,
                    RedisLockDriverAutoConfiguration.class,
                    DataRedisAutoConfiguration.class))
            .withPropertyValues(
                    "spring.data.redis.url=" + TWO.uri(),
                    "distlock.shutdown-grace=0s",
                    "distlock.lockers.payments.rejoin-after=0s",
                    "distlock.lockers.payments.driver=quorum");

    @AfterAll
    static void stop() {
        Stream.of(ONE, TWO, GUARDED, GUARDED_TOO).forEach(PrivateRedis::close);
    }

    @Test
    void nodesAreAddressesWithPasswordsOrBeans() {
        String guarded = "redis://:secret@127.0.0.1:" + GUARDED.port();
        this.application
                .withPropertyValues(nodes(ONE.uri(), "redisConnectionFactory", guarded))
                .run(context -> {
                    try (Lease lease =
                            context.getBean(Lockers.class).get("payments").acquire("k")) {
                        assertThat(ONE.call("GET", "distlock:k")).isEqualTo(lease.token());
                        assertThat(TWO.call("GET", "distlock:k")).isEqualTo(lease.token());
                    }
                });
    }

    @Test
    void aNodeThatRefusesTheLoginIsNamedAndTheOthersGoOn() {
        Words words = Words.of(Node.class);
        this.application
                .withPropertyValues(nodes(ONE.uri(), TWO.uri(), GUARDED.uri()))
                .run(context -> {
                    Locker payments = context.getBean(Lockers.class).get("payments");
                    // on a busy machine the first connections may take too long
                    await().ignoreExceptionsInstanceOf(LockUnavailableException.class)
                            .untilAsserted(() -> payments.acquire("k").close());
                    await().until(() -> words.heard().stream().anyMatch(word -> word.contains("refused the login")));
                });
        assertThat(words.end().stream().filter(word -> word.contains("refused the login")))
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("Node 127.0.0.1:" + GUARDED.port()
                        + " of the locker 'payments' cannot take part: Redis refused the login");
    }

    @Test
    void aSequenceWithANodeThatIsAwaySaysWhichAtStart(CapturedOutput output) {
        this.application
                .withPropertyValues(nodes(ONE.uri(), "redis://127.0.0.1:1"))
                .withPropertyValues("distlock.lockers.payments.driver=sequence")
                .run(context -> {
                    assertThat(output)
                            .contains("The store of the locker 'payments' does not answer: 1 of 2 nodes gave no answer,"
                                    + " and all must: 127.0.0.1:1 (");
                    assertThatExceptionOfType(LockUnavailableException.class)
                            .isThrownBy(() -> context.getBean(Lockers.class)
                                    .get("payments")
                                    .acquire("k"))
                            .withMessageContaining("node 127.0.0.1:1: no connection to Redis at 127.0.0.1:1");
                    assertThat(ONE.call("GET", "distlock:k")).isNull();
                });
    }

    @Test
    void aQuorumWithANodeThatIsAwayStartsSaysWhichAndGrants(CapturedOutput output) {
        Words words = Words.of(Node.class);
        this.application.withPropertyValues(nodes(ONE.uri(), TWO.uri(), AWAY)).run(context -> {
            try (Lease lease = context.getBean(Lockers.class).get("payments").acquire("k")) {
                assertThat(ONE.call("GET", "distlock:k")).isEqualTo(lease.token());
            }
            await().until(() -> !words.heard().isEmpty());
        });
        assertThat(words.end())
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("Node 127.0.0.1:1 of the locker 'payments' cannot take part: no connection to Redis at");
        assertThat(output).doesNotContain("The store of the locker 'payments' does not answer");
    }

    @Test
    void aQuorumWhoseMajorityIsAwayStartsWithOneErrorAndGrantsNothing(CapturedOutput output) {
        this.application.withPropertyValues(nodes(ONE.uri(), AWAY, AWAY_TOO)).run(context -> {
            assertThat(output.getOut().lines().filter(line -> line.contains(" ERROR ")))
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .contains(
                            "The store of the locker 'payments' does not answer: 2 of 3 nodes gave no answer, and 2 must:")
                    .contains("127.0.0.1:1 (", "127.0.0.1:2 (");
            assertThatExceptionOfType(LockUnavailableException.class)
                    .isThrownBy(
                            () -> context.getBean(Lockers.class).get("payments").acquire("k"))
                    .withMessageContaining("2 of 3 nodes gave no answer");
            await().until(() -> ONE.call("GET", "distlock:k") == null);
        });
    }

    @Test
    void aQuorumWhoseMajorityIsAwayDoesNotStartWhereThatIsAskedFor() {
        this.application
                .withPropertyValues(nodes(ONE.uri(), AWAY, AWAY_TOO))
                .withPropertyValues("distlock.startup-check=fail")
                .run(context -> assertThat(context)
                        .getFailure()
                        .cause()
                        .hasMessageContaining("The store of the locker 'payments' does not answer: 2 of 3 nodes"));
    }

    @Test
    void aQuorumWhoseMajorityRefusesTheLoginDoesNotStartUnlessItDoesNotAsk() {
        String wrong = "redis://:wrong@127.0.0.1:";
        ApplicationContextRunner locked = this.application.withPropertyValues(
                nodes(ONE.uri(), wrong + GUARDED.port(), wrong + GUARDED_TOO.port()));
        locked.run(context -> assertThat(context)
                .getFailure()
                .cause()
                .hasMessageContaining(
                        "The store of the locker 'payments' can keep no lock: 2 of 3 nodes gave no answer")
                .hasMessageContaining("127.0.0.1:" + GUARDED.port() + " (Redis refused the login")
                .hasMessageNotContaining("wrong@"));
        locked.withPropertyValues("distlock.startup-check=off").run(context -> {
            assertThat(context).hasNotFailed();
            assertThatExceptionOfType(LockUnavailableException.class)
                    .isThrownBy(
                            () -> context.getBean(Lockers.class).get("payments").acquire("k"))
                    .withMessageContaining("Redis refused the login");
        });
    }

    @ParameterizedTest
    @CsvSource({"sequence, warn", "sequence, off", "quorum, off"})
    @Cases("RP-A1")
    void everyNodeKnowsTheScriptsBeforeTheFirstLock(String driver, String check) {
        try (PrivateRedis first = RedisServers.start();
                PrivateRedis last = RedisServers.start()) {
            List<PrivateRedis> servers = driver.equals("quorum") ? List.of(first, last, ONE) : List.of(first, last);
            this.application
                    .withPropertyValues(
                            nodes(servers.stream().map(PrivateRedis::uri).toArray(String[]::new)))
                    .withPropertyValues("distlock.lockers.payments.driver=" + driver, "distlock.startup-check=" + check)
                    .run(context -> {
                        for (PrivateRedis server : List.of(first, last)) {
                            await().until(() -> scripts(server) > 10);
                        }
                    });
        }
    }

    @Test
    @Cases("RP-A1")
    void aSequenceWithANodeThatMayLoadNoScriptDoesNotStartAndNamesIt() {
        try (PrivateRedis limited = RedisServers.start()) {
            limited.call("ACL", "SETUSER", "default", "-script");
            this.application
                    .withPropertyValues(nodes(ONE.uri(), limited.uri()))
                    .withPropertyValues("distlock.lockers.payments.driver=sequence")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .cause()
                            .hasMessageContaining("1 of 2 nodes gave no answer, and all must: 127.0.0.1:"
                                    + limited.port() + " (the Redis user may not do this"));
        }
    }

    private static int scripts(PrivateRedis server) {
        String memory = (String) server.call("INFO", "memory");
        return Integer.parseInt(memory.replaceFirst("(?s).*number_of_cached_scripts:(\\d+).*", "$1"));
    }

    @ParameterizedTest
    @Cases("RP-A3")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "quorum   | \"\" | names no nodes, and nothing would ever be granted",
                "sequence | \"\" | names no nodes, and nothing would ever be granted",
                "quorum   | redis://a redis://b | names 2 nodes, which bear no more failures than 1",
                "quorum   | redis://a redis://b redis://c redis://d | Name an odd number",
                "quorum   | redis://a redis://b redis://a:6379 | names the node a:6379 twice",
                "sequence | redis://a:6379 redis://:secret@a | names the node a:6379 twice",
                "quorum   | http://:secret@a redis://b redis://c | 'http://a' is no address of a Redis",
                "quorum   | lokcs redis://b redis://c | 'lokcs'",
                "redis    | redis://a redis://b | Drivers for several are 'quorum' and 'sequence'"
            })
    void whatCanNeverWorkIsRefused(String driver, String nodes, String fact) {
        this.application
                .withPropertyValues(nodes(nodes.split(" ")))
                .withPropertyValues("distlock.lockers.payments.driver=" + driver)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .satisfies(failure -> assertThat(Stream.iterate(
                                                context.getStartupFailure(),
                                                cause -> cause != null,
                                                Throwable::getCause)
                                        .map(Throwable::getMessage)
                                        .collect(Collectors.joining("\n")))
                                .contains(fact)
                                .doesNotContain("secret")));
    }

    private static String[] nodes(String... nodes) {
        return new String[] {"distlock.lockers.payments.nodes=" + String.join(",", nodes)};
    }
}
