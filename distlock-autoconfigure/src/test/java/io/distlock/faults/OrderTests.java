package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Whose turn it is. */
@Execution(ExecutionMode.CONCURRENT)
class OrderTests {

    private static final LockRequest ORDERS =
            LockRequest.of("orders").ttl(Duration.ofSeconds(30)).waitFor(Duration.ofSeconds(20));

    private final PrivateRedis redis = RedisServers.start();

    private final Observer observer = new Observer(this.redis);

    private final List<RunningInstance> started = new ArrayList<>();

    private final RunningInstance first = started(RunningInstance.with(this.redis));

    private final RunningInstance second = started(RunningInstance.with(this.redis));

    private RunningInstance started(RunningInstance.Setup setup) {
        RunningInstance instance = setup.start();
        this.started.add(instance);
        return instance;
    }

    @AfterEach
    void close() {
        this.started.forEach(RunningInstance::close);
        this.redis.close();
    }

    @Test
    void instancesGetTheLockInOrderOfArrival() {
        Lease lease = this.first.locker().acquire(ORDERS);
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            callers.add(Caller.of(started(RunningInstance.with(this.redis)), ORDERS));
            this.observer.awaitWaiting("orders", i + 1);
        }
        for (Caller next : callers) {
            assertThat(callers.subList(callers.indexOf(next), callers.size())).noneMatch(Caller::hasAnswer);
            lease.release();
            lease = next.lease();
        }
        lease.release();
    }

    @Test
    void threadsOfOneInstanceGetTheLockInOrderOfArrival() {
        Lease lease = this.first.locker().acquire(ORDERS);
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Caller caller = Caller.of(this.first, ORDERS);
            callers.add(caller);
            await().pollInterval(Duration.ofMillis(1)).until(caller::isParked);
        }
        for (Caller next : callers) {
            assertThat(callers.subList(callers.indexOf(next), callers.size())).noneMatch(Caller::hasAnswer);
            lease.release();
            lease = next.lease();
        }
        lease.release();
    }

    @Test
    void futuresGetTheLockInOrderOfArrivalAlsoAmongThreads() {
        Lease lease = this.first.locker().acquire(ORDERS);
        List<CompletableFuture<Lease>> pending = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            pending.add(this.first.locker().acquireAsync(ORDERS));
            Caller caller = Caller.of(this.first, ORDERS);
            pending.add(caller.answer());
            await().pollInterval(Duration.ofMillis(1)).until(caller::isParked);
        }
        for (CompletableFuture<Lease> next : pending) {
            lease.release();
            lease = next.join();
            assertThat(pending.subList(pending.indexOf(next) + 1, pending.size()))
                    .noneMatch(CompletableFuture::isDone);
        }
        lease.release();
    }

    @Test
    void anInstanceWaitsForNoMoreTurnsOfAnotherThanMayBePassedInARow() {
        RunningInstance passes = started(RunningInstance.with(this.redis).passing(5, Duration.ofMinutes(1)));
        // taken from the store once, and passed on five times
        assertThat(turnsBeforeTheOtherInstance(passes, 20, () -> {})).isEqualTo(6);
    }

    @Test
    void anInstanceWaitsForTurnsOfAnotherNoLongerThanMayBePassedInARow() {
        RunningInstance passes = started(RunningInstance.with(this.redis).passing(64, Duration.ofMillis(200)));
        // the third turn ends after more than the time
        assertThat(turnsBeforeTheOtherInstance(passes, 20, () -> LockSupport.parkNanos(80_000_000)))
                .isBetween(1, 3);
    }

    /** How often an instance that passes the lock on takes it in a row, when so many wait there and then the other does. */
    private int turnsBeforeTheOtherInstance(RunningInstance passes, int waiting, Runnable work) {
        RunningInstance other = started(RunningInstance.with(this.redis).withoutPassing());
        Queue<RunningInstance> turns = new ConcurrentLinkedQueue<>();
        Lease lease = other.locker().acquire(ORDERS);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < waiting; i++) {
            all.add(turn(passes, turns, work));
        }
        this.observer.awaitWaiting("orders", 1);
        all.add(turn(other, turns, () -> {}));
        lease.release();
        all.forEach(CompletableFuture::join);
        assertThat(turns).hasSize(waiting + 1);
        return List.copyOf(turns).indexOf(other);
    }

    private static CompletableFuture<Void> turn(RunningInstance instance, Queue<RunningInstance> turns, Runnable work) {
        return instance.locker().acquireAsync(ORDERS).thenAccept(lease -> {
            turns.add(instance);
            work.run();
            lease.release();
        });
    }

    @Test
    void instancesThatAlwaysWantItGetItEquallyOften() {
        History history = new History();
        List<RunningInstance> equals = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            equals.add(started(RunningInstance.with(this.redis).withoutPassing()));
        }
        try (Crowd crowd = Crowd.start(equals, 1, ORDERS, Duration.ZERO, history)) {
            crowd.awaitTurnsOfAll(50);
            crowd.end();
        }
        history.assertExclusive();
        assertThat(jain(turnsWhileAllWereThere(history.spans()))).isGreaterThan(0.95);
    }

    private static Collection<Long> turnsWhileAllWereThere(List<Span> spans) {
        Map<String, LongSummaryStatistics> times =
                spans.stream().collect(Collectors.groupingBy(Span::who, Collectors.summarizingLong(Span::from)));
        long start = times.values().stream()
                .mapToLong(LongSummaryStatistics::getMin)
                .max()
                .orElseThrow();
        long end = times.values().stream()
                .mapToLong(LongSummaryStatistics::getMax)
                .min()
                .orElseThrow();
        return spans.stream()
                .filter(span -> span.from() >= start && span.from() <= end)
                .collect(Collectors.groupingBy(Span::who, Collectors.counting()))
                .values();
    }

    /** One when all got the same, 1/n when one of n got everything (Jain, Chiu, Hawe 1984). */
    private static double jain(Collection<Long> turns) {
        double sum = turns.stream().mapToDouble(Long::doubleValue).sum();
        double squares = turns.stream().mapToDouble(one -> (double) one * one).sum();
        return sum * sum / (turns.size() * squares);
    }
}
