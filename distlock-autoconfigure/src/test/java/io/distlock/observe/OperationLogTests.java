package io.distlock.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.autoconfigure.DistlockAutoConfiguration;
import io.distlock.memory.MemoryLockDriverAutoConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class OperationLogTests {

    private static final Logger LOGGER = Logger.getLogger(OperationLog.class.getName());

    private final List<String> lines = new CopyOnWriteArrayList<>();

    private final StreamHandler ear = new StreamHandler() {
        @Override
        public void publish(LogRecord record) {
            OperationLogTests.this.lines.add(record.getMessage());
        }
    };

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(DistlockAutoConfiguration.class, MemoryLockDriverAutoConfiguration.class))
            .withPropertyValues("distlock.driver=memory", "distlock.shutdown-grace=0s");

    @BeforeEach
    void listen() {
        LOGGER.addHandler(this.ear);
    }

    @AfterEach
    void listenNoMore() {
        LOGGER.removeHandler(this.ear);
    }

    @Test
    void aLineIsWrittenForWhatIsTakenRefusedReleasedAndLost() {
        this.application.withBean(OperationLog.class).run(context -> {
            Locker locker = context.getBean(Locker.class);
            LockRequest request = LockRequest.of("order:42").name("orders").waitFor(Duration.ZERO);
            Lease lease = locker.acquire(request);
            locker.tryAcquire(request);
            lease.close();
            locker.acquire(request.autoRenew(false).ttl(Duration.ofMillis(20)));
            await().until(() -> this.lines.size() == 5);
            String common = ": locker=default name=orders keys=[order:42] ";
            assertThat(this.lines.get(0))
                    .startsWith("lock taken" + common + "fence=" + lease.fencingToken() + " waited=PT");
            assertThat(this.lines.get(1)).startsWith("lock refused" + common + "reason=busy waited=PT");
            assertThat(this.lines.get(2))
                    .startsWith(
                            "lock released" + common + "outcome=released fence=" + lease.fencingToken() + " held=PT");
            assertThat(this.lines.get(3)).startsWith("lock taken" + common);
            assertThat(this.lines.get(4))
                    .startsWith("lock lost" + common + "reason=expired fence=")
                    .contains(" held=PT");
        });
    }

    @Test
    void whoDoesNotAskForItHasNone() {
        this.application.run(context -> {
            context.getBean(Locker.class).acquire("order:42").close();
            assertThat(context).doesNotHaveBean(OperationLog.class);
            assertThat(this.lines).isEmpty();
        });
    }
}
