package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.annotation.DistributedLock;
import io.distlock.redis.RedisLockDriverAutoConfiguration;
import io.distlock.testredis.RedisServers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Many more callers than there are threads of the operating system, all at once on a few keys. */
@Timeout(120)
class VirtualThreadsTests {

    private static final int CALLERS = 10_000;

    private static final int KEYS = 50;

    @Test
    @EnabledForJreRange(min = JRE.JAVA_25, disabledReason = "reported as skipped: older JDKs have none, or pin them")
    void tenThousandCallersAllComeHomeAndNeverTwoAtOnce() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataRedisAutoConfiguration.class,
                        RedisLockDriverAutoConfiguration.class,
                        DistlockAutoConfiguration.class,
                        DistributedLockAutoConfiguration.class))
                .withPropertyValues(
                        "distlock.prefix=virtual-threads:",
                        "spring.data.redis.url=" + RedisServers.shared().uri())
                .withBean(Counters.class)
                .run(context -> {
                    Counters counters = context.getBean(Counters.class);
                    List<Future<?>> calls = new ArrayList<>();
                    ExecutorService threads = virtualThreads();
                    try {
                        for (int caller = 0; caller < CALLERS; caller++) {
                            int key = caller % KEYS;
                            calls.add(threads.submit(() -> counters.raise(key)));
                        }
                        for (Future<?> call : calls) {
                            call.get(100, TimeUnit.SECONDS);
                        }
                    } finally {
                        threads.shutdownNow();
                    }

                    assertThat(counters.all()).hasSize(KEYS).containsOnly(CALLERS / KEYS);
                });
    }

    /** The JDK that this is compiled for does not know them. */
    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    static class Counters {

        private final int[] counters = new int[KEYS];

        @DistributedLock(key = "counter:#{#key}", waitFor = "90s")
        void raise(int key) {
            int before = this.counters[key];
            Thread.yield();
            this.counters[key] = before + 1;
        }

        int[] all() {
            return this.counters;
        }
    }
}
