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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waiters that are processes of their own die or freeze in line, and others wait behind them. */
class DyingWaitersTests {

    private static final String KEY = "orders";

    private static final LockRequest ORDERS = LockRequest.of(KEY);

    /** Of the waiters that die. */
    private static final Duration TTL = Duration.ofSeconds(3);

    /** Half a second, and what a busy machine adds; less than the ttl. */
    private static final Duration NEXT_QUESTION = Duration.ofMillis(1500);

    /** What was promised, and what a busy machine adds. */
    private static final Duration LATEST = TTL.plusMillis(250 + 500);

    private final PrivateRedis redis = RedisServers.start();

    private final Observer observer = new Observer(this.redis);

    private final List<AutoCloseable> started = new ArrayList<>();

    private final RunningInstance holding = started(RunningInstance.on(this.redis));

    private final RunningInstance behind = started(RunningInstance.on(this.redis));

    private final History history = new History();

    private <T extends AutoCloseable> T started(T started) {
        this.started.add(started);
        return started;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : this.started) {
            one.close();
        }
        this.redis.close();
    }

    private WaiterProcess waiter(boolean messages) {
        return waiter("waiter", messages).awaitReady();
    }

    private WaiterProcess waiter(String name, boolean messages) {
        Setting store = Setting.redis(this.redis);
        return started(
                messages
                        ? WaiterProcess.start(name, store)
                        : WaiterProcess.start(name, store, Setting.WITHOUT_MESSAGES));
    }

    private void standsInLine(WaiterProcess waiter, int place) {
        waiter.take(KEY, TTL, Duration.ofSeconds(60));
        this.observer.awaitWaiting(KEY, place);
    }

    private Caller standsInLine(RunningInstance instance, int place) {
        Caller caller = Caller.of(instance, ORDERS);
        this.observer.awaitWaiting(KEY, place);
        return caller;
    }

    private static void assertServed(Caller caller, Duration within) {
        await().pollInterval(Duration.ofMillis(10)).atMost(within).until(caller::hasAnswer);
        assertThat(caller.lease().isHeld()).isTrue();
    }

    @Test
    void whoStandsBehindADeadWaiterWaitsUntilTheNextQuestionAtMost() {
        WaiterProcess dies = waiter(true);
        RunningInstance before = started(RunningInstance.on(this.redis));
        Lease lease = this.holding.locker().acquire(ORDERS);
        Caller first = standsInLine(before, 1);
        standsInLine(dies, 2);
        Caller last = standsInLine(this.behind, 3);
        this.observer.awaitListening(KEY, 3);
        dies.kill();
        lease.release();
        assertServed(first, NEXT_QUESTION);
        first.lease().release();
        assertServed(last, NEXT_QUESTION);
    }

    @Test
    void whoStandsBehindADeadHeadWaitsUntilTheNextQuestionAtMost() {
        WaiterProcess dies = waiter(true);
        Lease lease = this.holding.locker().acquire(ORDERS);
        dies.take(KEY, Duration.ofSeconds(1), Duration.ofSeconds(60));
        this.observer.awaitWaiting(KEY, 1);
        Caller next = standsInLine(this.behind, 2);
        this.observer.awaitListening(KEY, 2);
        dies.kill();
        lease.release();
        assertServed(next, NEXT_QUESTION);
        next.lease().release();
        // the longest ttl of all, which is the time within which the dead are forgotten, too
        Leftovers.assertNoneIn(this.redis, Duration.ofSeconds(2));
    }

    @Test
    void whoStandsBehindADeadHeadThatOnlyAsksWaitsItsTtlAtMost() {
        WaiterProcess dies = waiter(false);
        Lease lease = this.holding.locker().acquire(ORDERS);
        standsInLine(dies, 1);
        Caller next = standsInLine(this.behind, 2);
        dies.kill();
        lease.release();
        assertServed(next, LATEST);
    }

    @Test
    void whoIsGrantedTheLockInItsSleepNeitherBelievesItNorKeepsOthersWaitingForLong() {
        WaiterProcess sleeps = waiter(true);
        Caller next = grantedInItsSleep(sleeps);
        assertServed(next, LATEST);
        sleeps.thaw();
        this.history.hold(next.lease(), "next", Duration.ofSeconds(1));
        next.lease().release();
        await().atMost(Duration.ofSeconds(25)).until(() -> !sleeps.spans().isEmpty());
        sleeps.spans().forEach(this.history::add);
        this.history.assertExclusive();
    }

    @Test
    void whoStandsBehindOneThatDiedBetweenGrantAndMessageWaitsItsTtlAtMost() {
        WaiterProcess dies = waiter(true);
        Caller next = grantedInItsSleep(dies);
        dies.kill();
        assertServed(next, LATEST);
        assertThat(dies.spans()).isEmpty();
    }

    private Caller grantedInItsSleep(WaiterProcess sleeps) {
        Lease lease = this.holding.locker().acquire(ORDERS);
        String token = this.observer.holder(KEY);
        standsInLine(sleeps, 1);
        Caller next = standsInLine(this.behind, 2);
        this.observer.awaitListening(KEY, 2);
        sleeps.freeze();
        lease.release();
        assertThat(this.observer.holder(KEY)).isNotNull().isNotEqualTo(token);
        assertThat(next.hasAnswer()).isFalse();
        return next;
    }

    @Test
    void waitersThatTakeTurnsFreezeAndDieAndNoTwoHoldAtOnce() {
        List<WaiterProcess> waiters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiters.add(waiter("process " + i, i > 0));
        }
        waiters.forEach(WaiterProcess::awaitReady);
        for (WaiterProcess waiter : waiters) {
            waiter.takeTurns(KEY, Duration.ofSeconds(1), Duration.ofMillis(3));
            waiter.takeTurns(KEY, Duration.ofSeconds(1), Duration.ofMillis(3));
        }
        waiters.forEach(waiter -> waiter.awaitTurns(5));
        waiters.get(0).freeze();
        waiters.get(2).awaitTurns(5);
        waiters.get(1).kill();
        waiters.get(2).awaitTurns(5);
        waiters.get(0).thaw();
        waiters.get(0).awaitTurns(5);
        waiters.get(2).freeze();
        waiters.get(0).awaitTurns(5);
        waiters.get(2).thaw();
        waiters.get(2).awaitTurns(5);
        waiters.forEach(WaiterProcess::kill);
        waiters.forEach(waiter -> waiter.spans().forEach(this.history::add));
        assertThat(waiters).noneMatch(WaiterProcess::wasRefused);
        this.history.assertExclusive();
    }
}
