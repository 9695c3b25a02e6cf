package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisConversation;
import io.distlock.testredis.RedisServers;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What waiting costs when many do it: requests, threads, memory. */
@Isolated("counts the threads and the memory of this JVM")
class ManyWaitersTests {

    private static final int MANY = 10_000;

    private static final Duration LONG = Duration.ofMinutes(5);

    /** Of applications that other tests left open. */
    private final Set<Thread> others = Thread.getAllStackTraces().keySet();

    private final PrivateRedis redis = RedisServers.start();

    private final Observer observer = new Observer(this.redis);

    private final RunningInstance instance =
            RunningInstance.with(this.redis).ttl(LONG).start();

    private final RunningInstance other =
            RunningInstance.with(this.redis).ttl(LONG).start();

    @AfterEach
    void close() {
        this.instance.close();
        this.other.close();
        this.redis.close();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(ownThreads()).isEmpty());
    }

    private List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !this.others.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("distlock"))
                .toList();
    }

    private static LockRequest request(String key) {
        return LockRequest.of(key).waitFor(LONG);
    }

    /** Keys that a foreign client holds, so that nobody else has to renew them. */
    private void hold(int keys) {
        try (RedisConversation foreign = this.redis.connect()) {
            for (int i = 0; i < keys; i++) {
                foreign.send("SET", "distlock:key-" + i, "foreign", "PX", String.valueOf(LONG.toMillis()));
            }
            for (int i = 0; i < keys; i++) {
                foreign.read();
            }
        }
    }

    /** All at once. */
    private List<CompletableFuture<Lease>> pending(int number, int keys) {
        List<CompletableFuture<Lease>> pending = new ArrayList<>(number);
        for (int i = 0; i < number; i++) {
            pending.add(this.instance.locker().acquireAsync(request("key-" + i % keys)));
        }
        awaitLines(keys);
        assertThat(pending).noneMatch(CompletableFuture::isDone);
        return pending;
    }

    private void awaitLines(long lines) {
        String count = "return #redis.call('keys', 'distlock:~line:*')";
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofMinutes(1))
                .until(() -> (Long) this.redis.call("EVAL", count, "0") == lines);
    }

    /** How much that grows in a second, over a few. */
    private static double rate(LongSupplier counted) {
        long start = System.nanoTime();
        long before = counted.getAsLong();
        LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
        long requests = counted.getAsLong() - before;
        return requests / ((System.nanoTime() - start) / 1e9);
    }

    @Test
    void manyPendingFuturesNeedNoThreadEachAndAllComplete() throws Exception {
        hold(100);
        int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
        List<CompletableFuture<Lease>> pending = pending(MANY, 100);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - threadsBefore)
                .as("threads for %s waiters", MANY)
                .isLessThan(30);
        this.observer.awaitSubscriptions(1);
        assertThat((String) this.redis.call("CLIENT", "LIST", "TYPE", "pubsub"))
                .as("connections for messages of %s locks", 100)
                .hasLineCount(1);
        for (int i = 0; i < MANY; i += 2) {
            pending.get(i).cancel(true);
        }
        CompletableFuture<?>[] ends = pending.stream()
                .filter(one -> !one.isCancelled())
                .map(one -> one.thenAccept(Lease::release))
                .toArray(CompletableFuture[]::new);
        for (int i = 0; i < 100; i++) {
            this.redis.call("DEL", "distlock:key-" + i);
        }
        CompletableFuture.allOf(ends).get(25, TimeUnit.SECONDS);
        assertThat(ends).hasSize(MANY / 2);
        await().untilAsserted(() -> assertThat(ownThreads()).doesNotContain("distlock-async"));
        Leftovers.assertNoneIn(this.redis, Duration.ofSeconds(3));
    }

    @Test
    void manyKeysAreAwaitedWithFewRequestsAndForgottenAfterwards() {
        hold(MANY);
        this.instance.locker().acquire(request("warm-up")).release();
        long memoryBefore = usedMemory();
        List<CompletableFuture<Lease>> pending = pending(MANY, MANY);
        long memoryWaiting = usedMemory();
        double rate = rate(this.observer::requests);
        System.out.printf(
                "%n%d keys awaited: %.1f requests/s, %d bytes each%n",
                MANY, rate, (memoryWaiting - memoryBefore) / MANY);
        assertThat(rate).as("requests per second").isLessThanOrEqualTo(100);

        pending.forEach(one -> one.cancel(true));
        pending.clear();
        awaitLines(0);
        await().untilAsserted(() -> assertThat(usedMemory() - memoryBefore)
                .as("memory kept of the %s bytes for waiting", memoryWaiting - memoryBefore)
                .isLessThan((memoryWaiting - memoryBefore) / 10));
    }

    @Test
    void twoInstancesFullOfWaitersForOneKeyAskFiveTimesASecondAtMost() {
        hold(1);
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            callers.add(Caller.of(this.instance, request("key-0")));
            callers.add(Caller.of(this.other, request("key-0")));
        }
        this.observer.awaitWaiting("key-0", 2);
        await().until(() -> callers.stream().allMatch(Caller::isParked));
        // now and then an instance also looks whether it still hears messages, which is no question
        double rate = rate(this.observer::questions);
        System.out.printf("%n256 waiters for one key: %.1f questions/s%n", rate);
        assertThat(rate).as("questions per second").isBetween(1.0, 5.0);
        this.redis.call("DEL", "distlock:key-0");
        callers.forEach(caller -> caller.answer().thenAccept(Lease::release));
        callers.forEach(Caller::lease);
    }

    private static long usedMemory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
