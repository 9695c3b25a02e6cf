package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** How soon a released lock is in the hands of who waits for it elsewhere. */
@Isolated("times what happens")
class HandOffTests {

    private static final LockRequest ORDERS = LockRequest.of("orders").ttl(Duration.ofSeconds(30));

    private static final int WARM_UP = 50;

    private final PrivateRedis redis = RedisServers.start();

    private final Observer observer = new Observer(this.redis);

    private final RunningInstance one = RunningInstance.on(this.redis);

    private final RunningInstance other = RunningInstance.on(this.redis);

    @AfterEach
    void close() {
        this.one.close();
        this.other.close();
        this.redis.close();
    }

    /** Questions come every half second: without messages, half of all would take a quarter of a second. */
    @Test
    void aReleasedLockIsHandedOnAtOnce() {
        assertTimes(200, Duration.ofMillis(20), Duration.ofMillis(200));
    }

    @Test
    @Tag("faults")
    void itTakesTwoMillisecondsAndRarelyTwenty() {
        assertTimes(2000, Duration.ofMillis(2), Duration.ofMillis(20));
    }

    private void assertTimes(int times, Duration half, Duration nearlyAll) {
        try (Stalls stalls = Stalls.begin()) {
            handOn(WARM_UP);
            List<Duration> took = handOn(times).stream().sorted().toList();
            Duration median = took.get(times / 2);
            Duration longest = took.get(times * 99 / 100);
            System.out.printf(
                    "%d hand-offs: half within %.2f ms, 99 %% within %.2f ms; machine stood still for %d ms%n",
                    times,
                    median.toNanos() / 1e6,
                    longest.toNanos() / 1e6,
                    stalls.worst().toMillis());
            stalls.unlessLongerThan(nearlyAll, () -> {
                assertThat(median).isLessThan(half);
                assertThat(longest).isLessThan(nearlyAll);
            });
        }
    }

    private List<Duration> handOn(int times) {
        List<Duration> took = new ArrayList<>();
        RunningInstance next = this.other;
        Lease lease = this.one.locker().acquire(ORDERS);
        for (int i = 0; i < times; i++) {
            Caller caller = Caller.of(next, ORDERS);
            this.observer.awaitWaiting("orders", 1);
            this.observer.awaitListening("orders", 1);
            long released = System.nanoTime();
            lease.release();
            lease = caller.lease();
            took.add(Duration.ofNanos(caller.answeredAt() - released));
            next = next == this.one ? this.other : this.one;
        }
        lease.release();
        return took;
    }
}
