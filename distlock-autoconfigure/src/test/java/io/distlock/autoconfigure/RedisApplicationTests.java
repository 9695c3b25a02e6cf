package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.annotation.DistributedLock;
import io.distlock.redis.RedisLockDriverAutoConfiguration;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The whole corridor, from the annotation to a real Redis. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class RedisApplicationTests {

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataRedisAutoConfiguration.class,
                    RedisLockDriverAutoConfiguration.class,
                    DistlockAutoConfiguration.class,
                    DistributedLockAutoConfiguration.class,
                    AopAutoConfiguration.class))
            .withPropertyValues("distlock.prefix=redis-application:")
            .withBean(Shop.class);

    @Test
    void aPlainClientSeesTheLockAndKeepsItFromUs() {
        TestRedis redis = RedisServers.shared();
        this.context
                .withPropertyValues("spring.data.redis.url=" + redis.uri(), "distlock.startup-check=fail")
                .run(context -> {
                    Shop shop = context.getBean(Shop.class);
                    assertThat(shop.pay(42, () -> redis.call("GET", "redis-application:order:42")))
                            .asString()
                            .startsWith("application@");

                    redis.call("SET", "redis-application:order:42", "stranger", "NX", "PX", "60000");
                    assertThatExceptionOfType(LockNotAcquiredException.class)
                            .isThrownBy(() -> shop.pay(42, () -> null))
                            .withMessageContaining("'order:42'")
                            .satisfies(refusal -> assertThat(
                                            refusal.holder().orElseThrow().token())
                                    .isEqualTo("stranger"));
                    redis.call("DEL", "redis-application:order:42");
                });
    }

    @Test
    void twoLockersLockAtTwoServersOverTheConnectionsThatTheyName() {
        TestRedis shared = RedisServers.shared();
        try (PrivateRedis other = RedisServers.start()) {
            this.context
                    .withBean("first", LettuceConnectionFactory.class, () -> connections(shared))
                    .withBean("second", LettuceConnectionFactory.class, () -> connections(other))
                    .withPropertyValues(
                            "distlock.connection-factory=first",
                            "distlock.lockers.elsewhere.connection-factory=second",
                            "distlock.startup-check=fail")
                    .run(context -> {
                        Lockers lockers = context.getBean(Lockers.class);
                        String key = "redis-application:both";
                        try (Lease here = lockers.get("default").acquire("both");
                                Lease there = lockers.get("elsewhere").acquire("both")) {
                            assertThat(shared.call("GET", key)).isEqualTo(here.token());
                            assertThat(other.call("GET", key)).isEqualTo(there.token());
                        }
                        assertThat(shared.call("GET", key)).isNull();
                        assertThat(other.call("GET", key)).isNull();
                    });
        }
    }

    private static LettuceConnectionFactory connections(TestRedis redis) {
        return new LettuceConnectionFactory(redis.host(), redis.port());
    }

    @Test
    void oneLineSaysWhatTheStoreIs(CapturedOutput output) {
        this.context
                .withPropertyValues(
                        "spring.data.redis.url=" + RedisServers.shared().uri())
                .run(context -> assertThat(output.getOut().lines().filter(line -> line.contains("The store of")))
                        .singleElement()
                        .asString()
                        .contains(" INFO ", "The store of the locks is Redis at ", "maxmemory-policy")
                        .containsPattern("(version|Valkey) \\d")
                        .contains("no append-only file, so a restart forgets who holds locks"));
    }

    @Test
    void theLineWarnsOfWhatEndangersLocks(CapturedOutput output) {
        try (PrivateRedis redis = RedisServers.start("--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru")) {
            redis.call("ACL", "SETUSER", "default", "-publish");
            this.context
                    .withPropertyValues("spring.data.redis.url=" + redis.uri())
                    .run(context -> assertThat(output.getOut().lines().filter(line -> line.contains("The store of")))
                            .singleElement()
                            .asString()
                            .contains(" WARN ", "volatile-lru", "evicts keys", "set maxmemory-policy to noeviction")
                            .contains("refuses messages", "+publish"));
        }
    }

    @Test
    void whoMayNotAskMoreIsToldThatMuch(CapturedOutput output) {
        try (PrivateRedis redis = RedisServers.start()) {
            redis.call("ACL", "SETUSER", "default", "-info");
            this.context
                    .withPropertyValues("spring.data.redis.url=" + redis.uri())
                    .run(context -> assertThat(output.getOut()).contains("which does not let this user ask for more"));
        }
    }

    @Test
    void whereNoScriptMayRunNoApplicationStartsUnlessItDoesNotAsk() {
        try (PrivateRedis redis = RedisServers.start()) {
            redis.call("ACL", "SETUSER", "default", "-eval", "-evalsha");
            ApplicationContextRunner usual = this.context.withPropertyValues("spring.data.redis.url=" + redis.uri());
            usual.run(context -> assertThat(new ConfigurationFailureAnalyzer().analyze(context.getStartupFailure()))
                    .isNotNull()
                    .satisfies(analysis -> {
                        assertThat(analysis.getDescription())
                                .contains(
                                        "The store of the locks can keep no lock", "ACL SETUSER <user> +eval +evalsha");
                        assertThat(analysis.getAction()).contains("'distlock.startup-check' to 'off'");
                    }));
            usual.withPropertyValues("distlock.startup-check=off")
                    .run(context -> assertThat(context).hasNotFailed());
        }
    }

    @Test
    void whoInsistsOnMessagesDoesNotStartWithoutThem() {
        try (PrivateRedis redis = RedisServers.start()) {
            ApplicationContextRunner insisting = this.context.withPropertyValues(
                    "spring.data.redis.url=" + redis.uri(),
                    "distlock.wait-strategy=notify",
                    "distlock.startup-check=fail");
            insisting.run(context -> assertThat(context).hasNotFailed());
            redis.call("ACL", "SETUSER", "default", "-subscribe");
            insisting.run(context -> assertThat(new ConfigurationFailureAnalyzer().analyze(context.getStartupFailure()))
                    .isNotNull()
                    .satisfies(analysis -> {
                        assertThat(analysis.getDescription()).contains("No messages reach the locks", "+subscribe");
                        assertThat(analysis.getAction()).contains("'wait-strategy: auto'");
                    }));
            insisting
                    .withPropertyValues("distlock.wait-strategy=auto")
                    .run(context -> assertThat(context).hasNotFailed());
        }
    }

    @Test
    void aLossIsAnEventOfTheApplication() {
        Queue<LockLost> heard = new ConcurrentLinkedQueue<>();
        TestRedis redis = RedisServers.shared();
        this.context
                .withPropertyValues("spring.data.redis.url=" + redis.uri())
                .withInitializer(context -> context.addApplicationListener(
                        (PayloadApplicationEvent<LockLost> event) -> heard.add(event.getPayload())))
                .run(context -> {
                    Lease lease = context.getBean(Locker.class)
                            .acquire(LockRequest.of("event").ttl(Duration.ofSeconds(1)));
                    redis.call("DEL", "redis-application:event");
                    await().until(() -> !heard.isEmpty());
                    assertThat(heard).singleElement().satisfies(lost -> {
                        assertThat(lost.keys()).containsExactly("event");
                        assertThat(lost.fencingToken()).isEqualTo(lease.fencingToken());
                    });
                });
    }

    @Test
    void withoutRedisTheApplicationStartsWithOneErrorAndCallsAreUnavailable(CapturedOutput output) throws IOException {
        this.context
                .withPropertyValues("spring.data.redis.port=" + closedPort())
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(output.getOut().lines().filter(line -> line.contains("ERROR")))
                            .singleElement()
                            .asString()
                            .contains("The store of the locks does not answer");
                    assertThatExceptionOfType(LockUnavailableException.class)
                            .isThrownBy(() -> context.getBean(Shop.class).pay(42, () -> "ran"));
                });
    }

    @Test
    void whereRedisIsSilentFromTheStartOnlyTheStartTakesLong() {
        try (PrivateRedis redis = RedisServers.start()) {
            redis.pause();
            this.context
                    .withPropertyValues("spring.data.redis.url=" + redis.uri(), "distlock.command-timeout=500ms")
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        for (int i = 0; i < 3; i++) {
                            long start = System.nanoTime();
                            assertThatExceptionOfType(LockUnavailableException.class)
                                    .isThrownBy(
                                            () -> context.getBean(Shop.class).pay(42, () -> "ran"));
                            assertThat(Duration.ofNanos(System.nanoTime() - start))
                                    .isLessThan(Duration.ofMillis(500).plusSeconds(2));
                        }
                        redis.resume();
                        await().ignoreExceptionsInstanceOf(LockUnavailableException.class)
                                .until(() -> context.getBean(Shop.class).pay(42, () -> "ran") != null);
                    });
        }
    }

    @Test
    void withoutRedisTheApplicationDoesNotStartWhereThatIsAskedFor() throws IOException {
        this.context
                .withPropertyValues("spring.data.redis.port=" + closedPort(), "distlock.startup-check=fail")
                .run(context -> assertThat(new ConfigurationFailureAnalyzer().analyze(context.getStartupFailure()))
                        .isNotNull()
                        .satisfies(analysis -> assertThat(analysis.getAction()).contains("'spring.data.redis.*'")));
    }

    @Test
    void aClosedApplicationTakesNoLocks() {
        TestRedis redis = RedisServers.shared();
        this.context
                .withPropertyValues("spring.data.redis.url=" + redis.uri(), "distlock.shutdown-grace=0s")
                .run(context -> {
                    Locker locker = context.getBean(Locker.class);
                    context.close();

                    assertThatExceptionOfType(LockNotAcquiredException.class)
                            .isThrownBy(() -> locker.acquire("k"))
                            .satisfies(refusal ->
                                    assertThat(refusal.reason()).isEqualTo(LockNotAcquiredException.Reason.CLOSED));
                });
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    static class Shop {

        @DistributedLock(key = "order:#{#id}", waitFor = "0s")
        Object pay(int id, Supplier<Object> work) {
            return work.get();
        }
    }
}
