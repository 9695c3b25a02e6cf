package io.distlock.benchmarks.worker;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.benchmarks.subject.Fleet;
import io.distlock.benchmarks.subject.SubjectSettings;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Holds more and more locks, and lets others stand in line: {@code hold n} locks, or {@code keep} them without renewing;
 * {@code keys n} of these awaited by one other instance; {@code callers n} of one other instance waiting for the first;
 * {@code instances n} waiting for the first. {@code poll n} milliseconds pass between two questions of a waiter.
 */
final class GrowthJob implements Worker.Job {

    private static final int UNDER_WAY = 500;

    private final List<CompletableFuture<Lease>> held = new ArrayList<>();

    private final List<CompletableFuture<Lease>> waiting = new ArrayList<>();

    private final Fleet fleet;

    private final String prefix;

    GrowthJob(Fleet fleet, String prefix) {
        this.fleet = fleet;
        this.prefix = prefix;
    }

    @Override
    public String obey(String order) throws InterruptedException {
        if (order.equals("heap")) {
            return Long.toString(liveHeap());
        }
        if (order.equals("give")) {
            give();
            return "ok";
        }
        String[] words = order.split(" ");
        int wanted = Integer.parseInt(words[1]);
        switch (words[0]) {
            case "poll" -> this.fleet.pollEvery(Duration.ofMillis(wanted));
            case "hold" -> hold(wanted, request -> request);
            case "keep" ->
                hold(
                        wanted,
                        request -> request.waitFor(Duration.ZERO)
                                .ttl(SubjectSettings.WAIT.multipliedBy(5))
                                .autoRenew(false));
            case "keys" -> waitUpTo(wanted, number -> wait(1, number));
            case "callers" -> waitUpTo(wanted, number -> wait(1, 0));
            case "instances" -> waitUpTo(wanted, number -> wait(1 + number, 0));
            default -> throw new IllegalArgumentException(order);
        }
        return "ok";
    }

    private void hold(int wanted, UnaryOperator<LockRequest> terms) {
        while (this.held.size() < wanted) {
            int number = this.held.size();
            LockRequest request = terms.apply(LockRequest.of(this.prefix + number));
            this.held.add(this.fleet.instance(0).acquireAsync(request));
            if (number >= UNDER_WAY) {
                this.held.get(number - UNDER_WAY).join();
            }
        }
        this.held.forEach(CompletableFuture::join);
    }

    private interface Caller {

        CompletableFuture<Lease> wait(int number);
    }

    private void waitUpTo(int wanted, Caller caller) {
        while (this.waiting.size() < wanted) {
            this.waiting.add(caller.wait(this.waiting.size()));
        }
    }

    private CompletableFuture<Lease> wait(int instance, int key) {
        LockRequest request = LockRequest.of(this.prefix + key).waitFor(SubjectSettings.WAIT.multipliedBy(5));
        return this.fleet.instance(instance).acquireAsync(request);
    }

    /** By several threads, since a release waits for its answer. */
    private void give() {
        this.waiting.forEach(future -> future.cancel(true));
        this.waiting.clear();
        IntStream.range(0, this.held.size())
                .parallel()
                .forEach(number -> this.held.get(number).join().release());
        this.held.clear();
    }

    /** Twice, since what a cleaner looks after goes at the second time. */
    private static long liveHeap() throws InterruptedException {
        System.gc();
        Thread.sleep(200);
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
