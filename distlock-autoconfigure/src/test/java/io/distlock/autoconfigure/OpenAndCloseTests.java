package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.redis.RedisLockDriverAutoConfiguration;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Applications that start, lock, wait, and end, one after the other, leave nothing behind. */
@Isolated("counts the threads of this JVM")
class OpenAndCloseTests {

    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    private final PrivateRedis redis = RedisServers.start();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataRedisAutoConfiguration.class,
                    RedisLockDriverAutoConfiguration.class,
                    DistlockAutoConfiguration.class))
            .withPropertyValues(
                    "spring.data.redis.url=" + this.redis.uri(), "spring.data.redis.lettuce.shutdown-timeout=0ms");

    @AfterEach
    void close() {
        this.redis.close();
    }

    @Test
    void tenTimes() {
        openAndClose(10);
    }

    @Test
    @Tag("faults")
    void aThousandTimes() {
        openAndClose(200);
        long heap = heap();
        openAndClose(800);
        System.out.printf("1000 applications: heap %.1f → %.1f MB%n", heap / 1e6, heap() / 1e6);
        assertThat((double) heap()).isLessThan(heap * 1.05);
    }

    private void openAndClose(int times) {
        for (int i = 0; i < times; i++) {
            this.application.run(context -> lockAndWait(context.getBean(Locker.class)));
        }
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(ownThreads()).isEmpty();
            assertThat(connections()).isZero();
        });
    }

    /** It locks, and stands in line for what another holds, so that both connections are there. */
    private void lockAndWait(Locker locker) {
        locker.acquire("ours").release();
        this.redis.call("SET", "distlock:theirs", "stranger", "PX", "60000");
        locker.acquireAsync(LockRequest.of("theirs"));
        await().pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(10))
                .until(() -> connections() == 2);
    }

    private List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !this.before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("distlock") || name.startsWith("lettuce"))
                .toList();
    }

    /** But for the one that asks. */
    private long connections() {
        return String.valueOf(this.redis.call("CLIENT", "LIST")).lines().count() - 1;
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
