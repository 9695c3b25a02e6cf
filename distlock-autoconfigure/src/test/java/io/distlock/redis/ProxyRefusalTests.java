package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.driver.Claim;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.Hold;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import io.distlock.driver.SeveralKeysDriver.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy that looks like one server and takes one slot's keys at a time. */
class ProxyRefusalTests {

    private final List<Integer> asked = new ArrayList<>();

    private RedisLockDriver driver(String refusal) {
        return new RedisLockDriver(new Proxy(refusal, this.asked), settings());
    }

    private static DriverSettings settings() {
        return new DriverSettings(
                "default",
                "p:",
                "app@here/1-abcdefghijkl",
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                true,
                Optional.empty());
    }

    private static List<Renewal> renewals(int many) {
        return IntStream.range(0, many)
                .mapToObj(i -> new Renewal(Hold.byToken(new LockKey("p:", "k" + i), "t"), Duration.ofSeconds(10)))
                .toList();
    }

    private static List<Ownership> answers(List<CompletionStage<Ownership>> stages) {
        return stages.stream().map(stage -> stage.toCompletableFuture().join()).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CROSSSLOT Keys in request don't hash to the same slot",
                "ERR 'eval' command keys must be in same slot",
                "ERR Error running script (call to f_f79e1836a657c40f51b57e85d7f2c096d8904fba): @user_script:1:"
                        + " @user_script: 1: Lua script attempted to access a non local key in a cluster node"
            })
    void itsFirstRefusalSwitchesToOneLockAtATimeForGoodAndLosesNone(String refusal) {
        RedisLockDriver driver = driver(refusal);
        assertThat(answers(driver.renew(renewals(5))))
                .containsOnly(Ownership.OURS)
                .hasSize(5);
        assertThat(this.asked).startsWith(10);
        this.asked.clear();
        assertThat(answers(driver.renew(renewals(5))))
                .containsOnly(Ownership.OURS)
                .hasSize(5);
        assertThat(this.asked).hasSize(10).containsOnly(1);
    }

    /** The longer ones as Redis 6.2.6 and 7.0.15 say them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "OOM command not allowed",
                "BUSY Redis is busy",
                "LOADING Redis is loading",
                "ERR Error running script (call to f_f79e1836a657c40f51b57e85d7f2c096d8904fba): @user_script:1:"
                        + " @user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.",
                "ERR Error running script (call to f_f79e1836a657c40f51b57e85d7f2c096d8904fba): @user_script:1:"
                        + " @user_script: 1: -NOREPLICAS Not enough good replicas to write.",
                "ERR Error running script (call to f_f79e1836a657c40f51b57e85d7f2c096d8904fba): @user_script:1:"
                        + " @user_script: 1: -READONLY You can't write against a read only replica.",
                "ERR Error running script (call to f_ecf3a369cd4428cf98c409f69e8bd3825af5ed33): @user_script:1:"
                        + " @user_script: 1: Unknown Redis command called from Lua script",
                "ERR Unknown Redis command called from script script: ecf3a369cd4428cf98c409f69e8bd3825af5ed33, on"
                        + " @user_script:1.",
                "ERR user_script:62: attempt to index a nil value script: ecf3a369cd4428cf98c409f69e8bd3825af5ed33, on"
                        + " @user_script:62."
            })
    void aServerThatCannotNowIsAskedForAllTogetherAgain(String refusal) {
        RedisLockDriver driver = driver(refusal);
        assertThat(driver.renew(renewals(5)))
                .allMatch(stage -> stage.toCompletableFuture().isCompletedExceptionally());
        driver.renew(renewals(5));
        assertThat(this.asked).containsExactly(10, 10);
    }

    @Test
    void itsFirstRefusalOfSeveralKeysLetsThemBeTakenAndGivenBackOneAfterTheOther() {
        RedisLockDriver driver = driver("CROSSSLOT Keys in request don't hash to the same slot");
        List<LockKey> keys =
                IntStream.range(0, 3).mapToObj(i -> new LockKey("p:", "k" + i)).toList();
        List<Claim> claims = keys.stream()
                .map(key -> new Claim(new Hold(key, "t", "a" + key.key()), Duration.ofSeconds(10), 1, ""))
                .toList();
        assertThat(driver.together(keys)).isEqualTo(3);
        assertThat(driver.acquireAll(claims).toCompletableFuture().join()).isInstanceOf(Together.Apart.class);
        assertThat(driver.together(keys)).isEqualTo(1);
        this.asked.clear();
        List<Release> releases = claims.stream()
                .map(claim -> new Release(claim.hold(), Duration.ZERO))
                .toList();
        assertThat(answers(driver.releaseAll(releases))).hasSize(3).containsOnly(Ownership.OURS);
        assertThat(this.asked).containsExactly(4, 4, 4);
    }

    @Test
    void aRefusedReleaseOfSeveralKeysLosesNone() {
        RedisLockDriver driver = driver("ERR 'evalsha' command keys must be in same slot");
        List<Release> releases = IntStream.range(0, 3)
                .mapToObj(i -> new Release(Hold.byToken(new LockKey("p:", "k" + i), "t"), Duration.ZERO))
                .toList();
        assertThat(answers(driver.releaseAll(releases))).hasSize(3).containsOnly(Ownership.OURS);
        assertThat(this.asked).containsExactly(12, 4, 4, 4);
    }

    @Test
    void aShareIsRenewedInTheRecordAndThenAtTheKey() {
        List<String> told = new ArrayList<>();
        RedisLockDriver driver = new RedisLockDriver(new Sharing(told), settings());
        Renewal renewal = new Renewal(new Hold(new LockKey("p:", "k"), "t", "a"), Duration.ofSeconds(10));
        assertThat(answers(driver.renew(List.of(renewal, renewal)))).containsOnly(Ownership.OURS);
        assertThat(told)
                .contains("KEEP_SHARER [p:~rec:{p:k}] [60000, t, a, 10000]", "RENEW [p:k] [60000, shared, , 10000]");
        assertThat(told.indexOf("KEEP_SHARER [p:~rec:{p:k}] [60000, t, a, 10000]"))
                .isLessThan(told.indexOf("RENEW [p:k] [60000, shared, , 10000]"));
    }

    /** Several share the key. */
    private static final class Sharing extends OneServerLink {

        private final List<String> told;

        private Sharing(List<String> told) {
            this.told = told;
        }

        @Override
        public CompletableFuture<List<Object>> run(Script script, Duration timeout, String[] keys, String[] arguments) {
            if (keys.length > 2) {
                return CompletableFuture.failedFuture(
                        RedisErrors.answered("CROSSSLOT Keys in request don't hash to the same slot", null));
            }
            this.told.add(script + " " + Arrays.toString(keys) + " " + Arrays.toString(arguments));
            boolean key = script == Script.RENEW && !arguments[1].equals("shared");
            String renewed = key ? "2" : "1";
            return CompletableFuture.completedFuture(List.of(script == Script.RENEW ? renewed : 1L));
        }
    }

    private static final class Proxy extends OneServerLink {

        private final String refusal;

        private final List<Integer> asked;

        private Proxy(String refusal, List<Integer> asked) {
            this.refusal = refusal;
            this.asked = asked;
        }

        @Override
        public CompletableFuture<List<Object>> run(Script script, Duration timeout, String[] keys, String[] arguments) {
            this.asked.add(keys.length);
            return keys.length > (script == Script.RENEW ? 2 : 4)
                    ? CompletableFuture.failedFuture(RedisErrors.answered(this.refusal, null))
                    : CompletableFuture.completedFuture(List.of(script == Script.RENEW ? "1" : 1L));
        }
    }
}
