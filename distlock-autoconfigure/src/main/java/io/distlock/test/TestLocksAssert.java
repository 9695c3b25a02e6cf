package io.distlock.test;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;

/** Assertions about what the application locked since the last {@link TestLocks#reset()}. */
public final class TestLocksAssert extends AbstractAssert<TestLocksAssert, TestLocks> {

    TestLocksAssert(TestLocks actual) {
        super(actual, TestLocksAssert.class);
    }

    /** The key was locked, at least once. */
    public TestLocksAssert wasLockedWith(String key) {
        leases(key);
        return this;
    }

    /** The key was locked that often. */
    public TestLocksAssert wasLockedTimes(String key, int times) {
        int found = known().leases(key).size();
        if (found != times) {
            throw failure("Expected '%s' to be locked %d times, but it was %d times:%s", key, times, found, all());
        }
        return this;
    }

    /** The key was never locked. */
    public TestLocksAssert wasNotLockedWith(String key) {
        if (!known().leases(key).isEmpty()) {
            throw failure("Expected '%s' not to be locked, but it was:%s", key, all());
        }
        return this;
    }

    /** Nothing was locked at all. */
    public TestLocksAssert wasNeverLocked() {
        if (!known().leases().isEmpty()) {
            throw failure("Expected no lock to be taken, but there were:%s", all());
        }
        return this;
    }

    /** The key was locked, under this name and no other. */
    public TestLocksAssert wasLockedByName(String key, String name) {
        return each(key, "under the name '" + name + "'", lease -> lease.name().equals(name));
    }

    /** The key was locked, and given back as often. */
    public TestLocksAssert wasReleased(String key) {
        return each(key, "given back", lease -> lease.returned().isPresent());
    }

    /**
     * Each lease of the key was kept until the end of every transaction that ran on its thread meanwhile, and there was
     * one that was committed.
     */
    public TestLocksAssert wasReleasedAfterCommit(String key) {
        return wasReleasedAfter(key, "commit", TransactionRecord::committed);
    }

    /** As {@link #wasReleasedAfterCommit}, but there was one that was rolled back. */
    public TestLocksAssert wasReleasedAfterRollback(String key) {
        return wasReleasedAfter(key, "rollback", transaction -> !transaction.committed());
    }

    private TestLocksAssert wasReleasedAfter(String key, String end, Predicate<TransactionRecord> right) {
        return each(key, "given back after a " + end, lease -> {
            List<TransactionRecord> during = known().history().transactionsDuring(lease);
            return lease.returned().isPresent()
                    && during.stream().anyMatch(right)
                    && during.stream().allMatch(transaction -> transaction.completed() < lease.end());
        });
    }

    /**
     * The key was locked, and nobody took it before the one before had begun to give it back. One who works on after its
     * lease was lost still has it in this sense.
     */
    public TestLocksAssert wasNeverHeldTwice(String key) {
        for (List<LeaseRecord> leases : leases(key).stream()
                .collect(Collectors.groupingBy(LeaseRecord::locker))
                .values()) {
            for (int i = 1; i < leases.size(); i++) {
                if (leases.get(i).taken() < leases.get(i - 1).end()) {
                    throw failure(
                            "Expected '%s' to be held by one at a time, but it was held twice:%n  %s%n  %s",
                            key, leases.get(i - 1), leases.get(i));
                }
            }
        }
        return this;
    }

    /** Somebody who asked for the key was refused, since it was busy, too many waited, or its wait was ended. */
    public TestLocksAssert wasRefused(String key) {
        return contains(known().history().refused(), key, "refused");
    }

    /** Somebody who asked for the key had no answer from the store. */
    public TestLocksAssert wasUnavailable(String key) {
        return contains(known().history().unavailable(), key, "unavailable");
    }

    /** The key was locked, and a lease of it was lost. */
    public TestLocksAssert wasLost(String key) {
        if (leases(key).stream().allMatch(lease -> lease.lost().isEmpty())) {
            throw failure("Expected a lease of '%s' to be lost, but none was:%s", key, all());
        }
        return this;
    }

    /** The application holds the key now, as far as it knows. */
    public TestLocksAssert isHeld(String key) {
        return contains(known().heldHere(), key, "held");
    }

    /** The application holds nothing now: nothing was forgotten. */
    public TestLocksAssert isEverythingReleased() {
        List<String> held = known().heldHere();
        if (!held.isEmpty()) {
            throw failure("Expected all locks to be given back, but %s are held:%s", held, all());
        }
        return this;
    }

    private TestLocksAssert contains(List<String> keys, String key, String what) {
        if (!keys.contains(key)) {
            throw failure("Expected '%s' to be %s, but these were: %s", key, what, keys);
        }
        return this;
    }

    private TestLocksAssert each(String key, String what, Predicate<LeaseRecord> right) {
        leases(key).stream().filter(right.negate()).findFirst().ifPresent(wrong -> {
            throw failure("Expected each lease of '%s' to be %s, but one was not:%n  %s", key, what, wrong);
        });
        return this;
    }

    private List<LeaseRecord> leases(String key) {
        List<LeaseRecord> leases = known().leases(key);
        if (leases.isEmpty()) {
            throw failure("Expected '%s' to be locked, but it never was:%s", key, all());
        }
        return leases;
    }

    private String all() {
        return this.actual.leases().isEmpty()
                ? " nothing was locked"
                : this.actual.leases().stream().map(lease -> "\n  " + lease).collect(Collectors.joining());
    }

    private TestLocks known() {
        isNotNull();
        return this.actual;
    }
}
