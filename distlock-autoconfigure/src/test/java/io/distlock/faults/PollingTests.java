package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** Where no message can arrive, because nobody wants them or the server forbids them, waiters ask. */
@Execution(ExecutionMode.CONCURRENT)
class PollingTests {

    private static final Duration TTL = Duration.ofSeconds(30);

    /** Half a second, and what a busy machine adds. */
    private static final Duration NEXT_QUESTION = Duration.ofMillis(500 + 500);

    private static final LockRequest ORDERS = LockRequest.of("orders");

    private final PrivateRedis redis = RedisServers.start();

    private final Observer observer = new Observer(this.redis);

    private final List<RunningInstance> instances = new ArrayList<>();

    private final History history = new History();

    private final List<Warnings> warnings = new ArrayList<>();

    private Warnings warningsOf(String locker) {
        Warnings kept = new Warnings(locker);
        this.warnings.add(kept);
        return kept;
    }

    @AfterEach
    void close() {
        this.instances.forEach(RunningInstance::close);
        this.warnings.forEach(Warnings::close);
        this.redis.close();
    }

    @Test
    void withoutMessagesWaitersAskAndNothingIsSubscribedTo() {
        Warnings warnings = warningsOf("asks");
        assertThatWaitersAreServed(
                () -> RunningInstance.with(this.redis).name("asks").withoutMessages());
        assertThat(this.observer.subscriptions()).isZero();
        assertThat((String) this.redis.call("CLIENT", "LIST")).contains("sub=0").doesNotContain("sub=1");
        assertThat(warnings.texts).isEmpty();
    }

    @Test
    void aUserWithoutChannelsIsWarnedOncePerInstanceAndServed() {
        this.redis.call("ACL", "SETUSER", "locker", "on", ">secret", "~distlock:*", "resetchannels", "+@all");
        RedisStandaloneConfiguration login = new RedisStandaloneConfiguration(this.redis.host(), this.redis.port());
        login.setUsername("locker");
        login.setPassword("secret");
        Warnings warnings = warningsOf("forbidden");
        assertThatWaitersAreServed(() -> RunningInstance.with(login).name("forbidden"));
        assertThat(warnings.texts)
                .hasSize(this.instances.size())
                .allMatch(text -> text.contains("hears no messages") && text.contains("PT0.5S"));
    }

    private void assertThatWaitersAreServed(Supplier<RunningInstance.Setup> setup) {
        for (int i = 0; i < 2; i++) {
            this.instances.add(setup.get().ttl(TTL).start());
        }
        Lease lease = this.instances.get(0).locker().acquire(ORDERS);
        Caller caller = Caller.of(this.instances.get(1), ORDERS);
        this.observer.awaitWaiting("orders", 1);
        lease.release();
        await().pollInterval(Duration.ofMillis(10)).atMost(NEXT_QUESTION).until(caller::hasAnswer);
        caller.lease().release();
        try (Crowd crowd = Crowd.start(this.instances, 3, ORDERS, Duration.ofMillis(2), this.history)) {
            crowd.awaitTurnsOfAll(2);
            crowd.end();
        }
        this.history.assertExclusive();
        Leftovers.assertNoneIn(this.redis, Duration.ZERO);
    }

    /** What the library warns of, about one locker. */
    private static final class Warnings extends Handler {

        private final Queue<String> texts = new ConcurrentLinkedQueue<>();

        private final Logger logger = Logger.getLogger("io.distlock");

        private final String locker;

        private Warnings(String locker) {
            this.locker = "'" + locker + "'";
            this.logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()
                    && entry.getMessage().contains(this.locker)) {
                this.texts.add(entry.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            this.logger.removeHandler(this);
        }
    }
}
