package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A locker with many holders and many waiters closes within its grace and a second, whether Redis answers or not. */
@Isolated("times what happens, and counts threads")
class FastClosingTests {

    private static final int MANY = 100;

    /** As {@link RunningInstance} has it. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final PrivateRedis redis = RedisServers.start();

    private final Queue<LockLost> losses = new ConcurrentLinkedQueue<>();

    private final RunningInstance other = RunningInstance.with(this.redis)
            .name("other")
            .ttl(Duration.ofMinutes(1))
            .start();

    private final RunningInstance closing = RunningInstance.with(this.redis)
            .name("closing")
            .ttl(Duration.ofMinutes(1))
            .listener(new LockListener() {
                @Override
                public void onLost(LockLost lost) {
                    losses.add(lost);
                }
            })
            .start();

    @AfterEach
    void close() {
        this.redis.resume();
        this.other.close();
        this.redis.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everybodyIsRefusedReleasedOrTold(boolean redisAnswers) {
        List<Lease> kept = new ArrayList<>();
        List<Caller> waiting = new ArrayList<>();
        List<Lease> theirs = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            kept.add(this.closing.locker().acquire("kept-" + i));
            theirs.add(this.other.locker().acquire("theirs-" + i));
        }
        for (int i = 0; i < MANY; i++) {
            waiting.add(Caller.of(this.closing, LockRequest.of("theirs-" + i)));
        }
        await().until(() -> waiting.stream().allMatch(Caller::isParked));
        if (!redisAnswers) {
            this.redis.pause();
        }
        long start = System.nanoTime();
        this.closing.close();
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(waiting)
                .allSatisfy(caller -> assertThat(caller.refusal().reason()).isEqualTo(Reason.CLOSED));
        assertThat(kept).noneMatch(Lease::isHeld);
        await().until(() -> this.losses.size() == MANY);
        assertThat(this.losses).extracting(LockLost::reason).containsOnly(LockLost.Reason.CLOSED);
        assertThat(took).isLessThan(GRACE.plusSeconds(3));
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("distlock-closing")));
        theirs.forEach(Lease::isHeld);
    }
}
