package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import io.distlock.testredis.MovingSlot;
import io.distlock.testredis.RedisCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What is asked of a lock of whose keys only some have arrived at another node, so that none answers for all of them. */
class MovingSlotTests {

    private static final Duration LONG = Duration.ofMinutes(2);

    private static final Duration SHORT = Duration.ofSeconds(60);

    /** For one command. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static ClusterClients clients;

    private static RedisCluster cluster;

    private static LettuceConnectionFactory lettuce;

    private static JedisConnectionFactory jedis;

    private enum Client {
        LETTUCE,
        JEDIS;

        LockDriver driver() {
            RedisConnectionFactory connections = this == LETTUCE ? lettuce : jedis;
            return new RedisLockDriverFactory(connections).create(Connections.settings("moving:", name()));
        }

        /** Of its own for each client and test. */
        LockKey key(String test) {
            return new LockKey("moving:", test + "-" + name());
        }
    }

    @BeforeAll
    static void startCluster() {
        clients = new ClusterClients();
        cluster = clients.cluster();
        lettuce = clients.another();
        jedis = new JedisConnectionFactory(clients.nodes());
        jedis.afterPropertiesSet();
        jedis.start();
    }

    @AfterAll
    static void stopCluster() {
        jedis.destroy();
        clients.close();
    }

    @ParameterizedTest
    @EnumSource
    void whoSharesIsRenewed(Client client) throws Exception {
        LockKey key = client.key("shared");
        Claim first = claim(key, "a", Claim.ANY_NUMBER);
        try (LockDriver driver = client.driver()) {
            answer(driver.acquire(first));
            answer(driver.acquire(claim(key, "b", Claim.ANY_NUMBER)));
            MovingSlot slot = cluster.moveSlotOf(key.full());
            assertThat(slot.move(RedisKeys.of(key).record())).isTrue();
            assertThat(renew(driver, first.hold())).isEqualTo(Ownership.OURS);
            assertThat(renew(driver, new Hold(key, "a", "another"))).isEqualTo(Ownership.GONE);
            slot.finish();
            assertThat((Long) slot.to().call("PTTL", key.full())).isGreaterThan(SHORT.toMillis());
            assertThat(answer(driver.ttl(first.hold())).orElseThrow()).isGreaterThan(SHORT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHolderIsRenewedWhereverItsLockIs(Client client) throws Exception {
        LockKey key = client.key("held");
        Claim held = claim(key, "a", Claim.ALONE);
        try (LockDriver driver = client.driver()) {
            answer(driver.acquire(held));
            MovingSlot slot = cluster.moveSlotOf(key.full());
            assertThat(slot.move(key.full())).isTrue();
            assertThat(renew(driver, held.hold())).isEqualTo(Ownership.OURS);
            assertThat(renew(driver, new Hold(key, "b", "b"))).isEqualTo(Ownership.TAKEN);
            slot.finish();
            assertThat((Long) slot.to().call("PTTL", key.full())).isGreaterThan(SHORT.toMillis());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsAskedIsAnsweredWhenAllKeysHaveArrived(Client client) throws Exception {
        LockKey key = client.key("asked");
        Claim held = claim(key, "a", Claim.ALONE);
        try (LockDriver driver = client.driver()) {
            answer(driver.acquire(held));
            MovingSlot slot = cluster.moveSlotOf(key.full());
            assertThat(slot.move(key.full())).isTrue();
            long refused = refusals();
            CompletionStage<Attempt> question = driver.acquire(claim(key, "b", Claim.ALONE));
            CompletionStage<Ownership> release = driver.release(new Release(held.hold(), Duration.ZERO));
            await().pollInterval(Duration.ofMillis(5)).until(() -> refusals() >= refused + 2);
            slot.finish();
            assertThat(answer(question)).isInstanceOf(Attempt.class);
            assertThat(answer(release)).isEqualTo(Ownership.OURS);
            assertThat(slot.to().call("EXISTS", key.full()))
                    .as("held by the other, or by nobody")
                    .isEqualTo(answer(question) instanceof Attempt.Granted ? 1L : 0L);
        }
    }

    /** How often scripts were refused at any of the nodes so far. */
    private static long refusals() {
        return cluster.nodes().stream()
                .map(node -> String.valueOf(node.call("INFO", "errorstats")))
                .flatMap(String::lines)
                .filter(line -> line.startsWith("errorstat_TRYAGAIN:count="))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 1)))
                .sum();
    }

    @ParameterizedTest
    @EnumSource
    void whenTheyDoNotArriveItIsRefusedInTime(Client client) throws Exception {
        LockKey key = client.key("refused");
        Claim held = claim(key, "a", Claim.ALONE);
        try (LockDriver driver = client.driver()) {
            answer(driver.acquire(held));
            MovingSlot slot = cluster.moveSlotOf(key.full());
            assertThat(slot.move(RedisKeys.of(key).record())).isTrue();
            long start = System.nanoTime();
            CompletionStage<Ownership> release = driver.release(new Release(held.hold(), Duration.ZERO));
            assertThat(release.toCompletableFuture())
                    .failsWithin(PATIENCE)
                    .withThrowableOfType(ExecutionException.class)
                    .havingCause()
                    .isInstanceOfSatisfying(
                            LockDriverException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(Kind.REFUSED))
                    .withMessageContaining("are being moved to another node of the cluster");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("a time-out, on a busy machine")
                    .isLessThan(TIMEOUT.multipliedBy(3));
            slot.finish();
            assertThat(slot.to().call("GET", key.full())).as("as it was").isEqualTo("a");
            assertThat(answer(driver.release(new Release(held.hold(), Duration.ZERO))))
                    .isEqualTo(Ownership.OURS);
        }
    }

    private static Claim claim(LockKey key, String token, int permits) {
        return new Claim(new Hold(key, token, token), SHORT, 1, "", permits);
    }

    private static Ownership renew(LockDriver driver, Hold hold) throws Exception {
        return answer(driver.renew(List.of(new Renewal(hold, LONG))).get(0));
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
