package io.distlock.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.autoconfigure.DistlockAutoConfiguration;
import io.distlock.redis.RedisLockDriverAutoConfiguration;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What docs/troubleshooting.md tells to type shows what it says, with the names that locks have there. */
@Timeout(60)
class RedisByHandTests {

    private static final List<String[]> COMMANDS = Page.of("docs/troubleshooting.md").blocks("sh").stream()
            .flatMap(String::lines)
            .filter(line -> line.startsWith("redis-cli "))
            .map(line -> line.replaceAll(" +#.*", "").substring("redis-cli ".length()))
            .map(line -> Arrays.stream(line.split(" "))
                    .map(word -> word.replace("'", ""))
                    .toArray(String[]::new))
            .toList();

    @Test
    void theCommandsOfThePageFindTheLock() {
        try (PrivateRedis redis = RedisServers.start()) {
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(
                            DataRedisAutoConfiguration.class,
                            RedisLockDriverAutoConfiguration.class,
                            DistlockAutoConfiguration.class))
                    .withPropertyValues("spring.data.redis.url=" + redis.uri(), "distlock.command-timeout=5s")
                    .run(context -> tryOut(context.getBean(Locker.class), redis));
        }
    }

    private static void tryOut(Locker locker, PrivateRedis redis) {
        assertThat(COMMANDS).extracting(command -> command[0]).containsExactly("GET", "PTTL", "ZRANGE", "DEL");
        try (Lease lease = locker.acquire("order:42")) {
            assertThat(redis.call(COMMANDS.get(0))).isEqualTo(lease.token());
            assertThat((Long) redis.call(COMMANDS.get(1))).isBetween(1L, 10_000L);
        }
        redis.call("SET", "distlock:order:42", "somebody", "NX", "PX", "600000");
        CompletableFuture<Lease> waiter =
                locker.acquireAsync(LockRequest.of("order:42").waitFor(Duration.ofMinutes(1)));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat((List<?>) redis.call(COMMANDS.get(2))).hasSize(1));
        assertThat(redis.call(COMMANDS.get(3))).isEqualTo(1L);
        waiter.join().close();
    }
}
