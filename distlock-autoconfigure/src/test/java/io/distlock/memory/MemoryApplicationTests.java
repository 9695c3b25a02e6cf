package io.distlock.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.autoconfigure.DistlockAutoConfiguration;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class MemoryApplicationTests {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(DistlockAutoConfiguration.class, MemoryLockDriverAutoConfiguration.class))
            .withClassLoader(new FilteredClassLoader("org.springframework.data.redis"));

    @Test
    void askedForByNameItNeedsNoRedis() {
        this.application
                .withPropertyValues("distlock.driver=memory", "distlock.startup-check=fail")
                .run(context -> {
                    Locker locker = context.getBean(Locker.class);
                    Lease first = locker.acquire("order:42");
                    assertThat(locker.tryAcquire(LockRequest.of("order:42").waitFor(Duration.ZERO)))
                            .isEmpty();
                    CompletableFuture<Lease> second = locker.acquireAsync(LockRequest.of("order:42"));
                    assertThat(second).isNotDone();
                    first.close();
                    assertThat(second.join().fencingToken()).isGreaterThan(first.fencingToken());
                    second.join().close();
                });
    }

    @Test
    void itIsNeverFallenBackTo() {
        this.application.run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("Lock driver 'redis' is not available"));
    }
}
