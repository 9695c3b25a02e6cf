package io.distlock.test;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Remembers what lockers did, and the transactions in between. */
final class LockHistory implements LockListener {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration GLANCES = Duration.ofMillis(1);

    private final AtomicLong moments = new AtomicLong();

    private final Map<Grant, LeaseRecord> leases = new ConcurrentHashMap<>();

    private final Queue<String> refused = new ConcurrentLinkedQueue<>();

    private final Queue<String> unavailable = new ConcurrentLinkedQueue<>();

    private final Queue<TransactionRecord> transactions = new ConcurrentLinkedQueue<>();

    /** Now, as a number that nothing else has. */
    long moment() {
        return this.moments.incrementAndGet();
    }

    @Override
    public void onTaken(LockEvent event) {
        LeaseRecord taken = new LeaseRecord(
                event.locker(),
                event.name(),
                key(event),
                event.fencingToken(),
                Thread.currentThread(),
                moment(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty());
        this.leases.put(grant(event), taken);
    }

    @Override
    public void onRefused(LockEvent event, LockNotAcquiredException.Reason reason) {
        this.refused.add(key(event));
    }

    @Override
    public void onUnavailable(LockEvent event, LockUnavailableException cause) {
        this.unavailable.add(key(event));
    }

    @Override
    public void onReleased(LockEvent event, ReleaseOutcome outcome) {
        this.leases.computeIfPresent(grant(event), (grant, lease) -> lease.endedAs(outcome));
    }

    @Override
    public void onLost(LockEvent event, LockLost lost) {
        this.leases.computeIfPresent(grant(event), (grant, lease) -> lease.lostBy(lost.reason()));
    }

    void returned(String locker, String key, long fence) {
        this.leases.computeIfPresent(new Grant(locker, key, fence), (grant, lease) -> lease.returnedAt(moment()));
    }

    /** Returns when the leases with this number have been lost or given back, as far as is known, or after a long time. */
    void awaitEnd(long fence) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (leases().stream().anyMatch(lease -> lease.fencingToken() == fence && lease.isUnderWay())
                && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(GLANCES.toNanos());
        }
    }

    void completed(TransactionRecord transaction) {
        this.transactions.add(transaction);
    }

    /** In the order in which they were taken. */
    List<LeaseRecord> leases() {
        return this.leases.values().stream()
                .sorted(Comparator.comparingLong(LeaseRecord::taken))
                .toList();
    }

    List<LeaseRecord> leases(String key) {
        return leases().stream().filter(lease -> lease.key().equals(key)).toList();
    }

    /**
     * Those in which work under the lease was done: on its thread, the innermost one that was under way when it was taken
     * and those that were begun later.
     */
    List<TransactionRecord> transactionsDuring(LeaseRecord lease) {
        List<TransactionRecord> during = this.transactions.stream()
                .filter(transaction -> transaction.thread() == lease.thread()
                        && transaction.completed() > lease.taken()
                        && transaction.begun() < lease.end())
                .toList();
        long innermost = during.stream()
                .mapToLong(TransactionRecord::begun)
                .filter(begun -> begun < lease.taken())
                .max()
                .orElse(lease.taken());
        return during.stream()
                .filter(transaction -> transaction.begun() >= innermost)
                .toList();
    }

    /** Keys of requests that were refused, once for each. */
    List<String> refused() {
        return List.copyOf(this.refused);
    }

    /** Keys of requests that the store did not answer, once for each. */
    List<String> unavailable() {
        return List.copyOf(this.unavailable);
    }

    void clear() {
        this.leases.clear();
        this.refused.clear();
        this.unavailable.clear();
        this.transactions.clear();
    }

    private static Grant grant(LockEvent event) {
        return new Grant(event.locker(), key(event), event.fencingToken());
    }

    /** Of several keys, each is told of by itself. */
    private static String key(LockEvent event) {
        return event.keys().iterator().next();
    }

    private record Grant(String locker, String key, long fence) {}
}
