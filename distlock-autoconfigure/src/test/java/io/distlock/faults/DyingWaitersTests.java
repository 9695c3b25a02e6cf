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
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holders and waiters that are processes of their own die or freeze, and others wait behind them. */
class DyingWaitersTests {

    /** Of the waiters that die. */
    private static final Duration TTL = Duration.ofSeconds(3);

    /** Of holders that die. */
    private static final Duration SHORT_TTL = Duration.ofMillis(1500);

    /** Half a second, and what a busy machine adds; less than the ttl. */
    private static final Duration NEXT_QUESTION = Duration.ofMillis(1500);

    /** By how much a takeover may come after the ttl: what was promised, and what a busy machine adds. */
    private static final Duration AFTER_TTL = Duration.ofMillis(250 + 500);

    private static final Duration LATEST = TTL.plus(AFTER_TTL);

    private static final int LISTENING = 7;

    private static final int ASKING = 2;

    private static final AtomicInteger TESTS = new AtomicInteger();

    private static PrivateRedis redis;

    private static List<WaiterProcess> processes;

    /** Those that nobody has used yet: to start one takes longer than most tests. */
    private static Queue<WaiterProcess> listening;

    private static Queue<WaiterProcess> asking;

    private final Observer observer = new Observer(redis);

    private final List<RunningInstance> started = new ArrayList<>();

    private final String key = "orders-" + TESTS.incrementAndGet();

    private final LockRequest orders = LockRequest.of(this.key);

    private final RunningInstance holding = started(RunningInstance.with(redis));

    private final RunningInstance behind = started(RunningInstance.with(redis));

    private final History history = new History();

    @BeforeAll
    static void startProcesses() {
        redis = RedisServers.start();
        Setting store = Setting.redis(redis);
        listening = new ConcurrentLinkedQueue<>();
        asking = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < LISTENING; i++) {
            listening.add(WaiterProcess.start("listens " + i, store));
        }
        for (int i = 0; i < ASKING; i++) {
            asking.add(WaiterProcess.start("asks " + i, store, Setting.WITHOUT_MESSAGES));
        }
        processes = Stream.concat(listening.stream(), asking.stream()).toList();
        processes.forEach(WaiterProcess::awaitReady);
    }

    @AfterAll
    static void closeProcesses() {
        processes.forEach(WaiterProcess::close);
        redis.close();
    }

    private RunningInstance started(RunningInstance.Setup setup) {
        RunningInstance instance = setup.start();
        this.started.add(instance);
        return instance;
    }

    @AfterEach
    void close() {
        this.started.forEach(RunningInstance::close);
    }

    private static WaiterProcess waiter(boolean messages) {
        return Objects.requireNonNull(messages ? listening.poll() : asking.poll(), "one more process is needed");
    }

    private void standsInLine(WaiterProcess waiter, int place) {
        waiter.take(this.key, TTL, Duration.ofSeconds(60));
        this.observer.awaitWaiting(this.key, place);
    }

    private Caller standsInLine(RunningInstance instance, int place) {
        Caller caller = Caller.of(instance, this.orders);
        this.observer.awaitWaiting(this.key, place);
        return caller;
    }

    private static void assertServed(Caller caller, Duration within) {
        await().pollInterval(Duration.ofMillis(10)).atMost(within).until(caller::hasAnswer);
        assertThat(caller.lease().isHeld()).isTrue();
    }

    @Test
    void whoeverWaitsForADeadHolderThatWasRenewedWaitsItsTtlAtMostWithMessagesAndWithout() {
        RunningInstance asks = started(RunningInstance.with(redis).withoutMessages());
        WaiterProcess dies = waiter(true);
        String other = this.key + "-asked";
        dies.take(this.key, SHORT_TTL, Duration.ofSeconds(60));
        dies.take(other, SHORT_TTL, Duration.ofSeconds(60));
        dies.awaitTurns(2);
        Caller listens = standsInLine(this.behind, 1);
        Caller askedFor = Caller.of(asks, LockRequest.of(other));
        this.observer.awaitWaiting(other, 1);
        await().pollDelay(SHORT_TTL.dividedBy(2)).until(() -> true); // renewed by now
        long killed = System.nanoTime();
        dies.kill();
        for (Caller next : List.of(listens, askedFor)) {
            Lease lease = next.lease();
            assertThat(Duration.ofNanos(next.answeredAt() - killed))
                    .isBetween(SHORT_TTL.dividedBy(2), SHORT_TTL.plus(AFTER_TTL));
            lease.release();
        }
    }

    @Test
    void whoStandsBehindADeadWaiterWaitsUntilTheNextQuestionAtMost() {
        WaiterProcess dies = waiter(true);
        RunningInstance before = started(RunningInstance.with(redis));
        Lease lease = this.holding.locker().acquire(this.orders);
        Caller first = standsInLine(before, 1);
        standsInLine(dies, 2);
        Caller last = standsInLine(this.behind, 3);
        this.observer.awaitListening(this.key, 3);
        dies.kill();
        lease.release();
        assertServed(first, NEXT_QUESTION);
        first.lease().release();
        assertServed(last, NEXT_QUESTION);
    }

    @Test
    void whoStandsBehindADeadHeadWaitsUntilTheNextQuestionAtMost() {
        WaiterProcess dies = waiter(true);
        Lease lease = this.holding.locker().acquire(this.orders);
        dies.take(this.key, Duration.ofSeconds(1), Duration.ofSeconds(60));
        this.observer.awaitWaiting(this.key, 1);
        Caller next = standsInLine(this.behind, 2);
        this.observer.awaitListening(this.key, 2);
        dies.kill();
        lease.release();
        assertServed(next, NEXT_QUESTION);
        next.lease().release();
        // the longest ttl of all, which is the time within which the dead are forgotten, too
        Leftovers.assertNoneOf(redis, this.key, Duration.ofSeconds(2));
    }

    @Test
    void whoStandsBehindADeadHeadThatOnlyAsksWaitsItsTtlAtMost() {
        WaiterProcess dies = waiter(false);
        Lease lease = this.holding.locker().acquire(this.orders);
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
        this.history.hold(next.lease(), "next", Duration.ofMillis(300));
        next.lease().release();
        await().atMost(Duration.ofSeconds(25))
                .until(() -> !sleeps.testimony().spans().isEmpty());
        sleeps.testimony().spans().forEach(this.history::add);
        this.history.assertExclusive();
    }

    @Test
    void whoStandsBehindOneThatDiedBetweenGrantAndMessageWaitsItsTtlAtMost() {
        WaiterProcess dies = waiter(true);
        Caller next = grantedInItsSleep(dies);
        dies.kill();
        assertServed(next, LATEST);
        assertThat(dies.testimony().spans()).isEmpty();
    }

    private Caller grantedInItsSleep(WaiterProcess sleeps) {
        Lease lease = this.holding.locker().acquire(this.orders);
        String token = this.observer.holder(this.key);
        standsInLine(sleeps, 1);
        Caller next = standsInLine(this.behind, 2);
        this.observer.awaitListening(this.key, 2);
        sleeps.freeze();
        lease.release();
        assertThat(this.observer.holder(this.key)).isNotNull().isNotEqualTo(token);
        assertThat(next.hasAnswer()).isFalse();
        return next;
    }

    @Test
    void waitersThatTakeTurnsFreezeAndDieAndNoTwoHoldAtOnce() {
        List<WaiterProcess> waiters = List.of(waiter(false), waiter(true), waiter(true));
        for (WaiterProcess waiter : waiters) {
            waiter.takeTurns(this.key, Duration.ofSeconds(1), Duration.ofMillis(3));
            waiter.takeTurns(this.key, Duration.ofSeconds(1), Duration.ofMillis(3));
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
        waiters.forEach(waiter -> waiter.testimony().spans().forEach(this.history::add));
        assertThat(waiters).noneMatch(waiter -> waiter.testimony().wasRefused());
        this.history.assertExclusive();
    }
}
