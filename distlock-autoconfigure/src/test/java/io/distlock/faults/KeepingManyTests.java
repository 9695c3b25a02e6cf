package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.RenewalRound;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Very many leases of one instance are kept, with few requests. */
@Tag("faults")
@Isolated("times what happens")
class KeepingManyTests {

    private static final int MANY = 10_000;

    private static final Duration TTL = Duration.ofSeconds(6);

    private static final Duration WATCHED = Duration.ofSeconds(20);

    private final Queue<LockLost> losses = new ConcurrentLinkedQueue<>();

    private final Queue<RenewalRound> rounds = new ConcurrentLinkedQueue<>();

    private final PrivateRedis redis = RedisServers.start();

    private final RunningInstance instance = RunningInstance.with(this.redis)
            .ttl(TTL)
            .listener(new LockListener() {
                @Override
                public void onLost(LockLost lost) {
                    losses.add(lost);
                }

                @Override
                public void onRenewals(RenewalRound round) {
                    rounds.add(round);
                }
            })
            .start();

    @AfterEach
    void close() {
        this.instance.close();
        this.redis.close();
    }

    @Test
    void noneIsLostAndRenewalsAreFewAndInTime() {
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            leases.add(this.instance.locker().acquire("order:" + i));
        }
        await().pollDelay(TTL.dividedBy(3)).until(() -> true);
        this.rounds.clear();
        Observer observer = new Observer(this.redis);
        try (Stalls stalls = Stalls.begin()) {
            long start = System.nanoTime();
            long before = observer.requests();
            await().atMost(WATCHED.multipliedBy(2)).pollDelay(WATCHED).until(() -> true);
            double rate = (observer.requests() - before) / ((System.nanoTime() - start) / 1e9);
            Duration lag = lag();
            System.out.printf(
                    "%d leases, ttl %s: %.1f requests/s, 99 %% of renewals at most %d ms late, %d lost; machine stood still for"
                            + " %d ms%n",
                    MANY,
                    TTL,
                    rate,
                    lag.toMillis(),
                    this.losses.size(),
                    stalls.worst().toMillis());
            assertThat(rate).as("requests per second").isLessThanOrEqualTo(25);
            stalls.unlessLongerThan(TTL.dividedBy(20), () -> {
                assertThat(this.losses).isEmpty();
                assertThat(leases).allMatch(Lease::isHeld);
                assertThat(lag).isLessThan(TTL.dividedBy(10));
            });
        }
        leases.forEach(Lease::release);
        Leftovers.assertNoneIn(this.redis, Duration.ZERO);
    }

    /** Which 99 of 100 renewals did not exceed; each is as late as the most belated of its round. */
    private Duration lag() {
        List<Duration> lags = new ArrayList<>();
        for (RenewalRound round : this.rounds) {
            for (int i = 0; i < round.leases(); i++) {
                lags.add(round.lag());
            }
        }
        lags.sort(null);
        return lags.get(lags.size() * 99 / 100);
    }
}
