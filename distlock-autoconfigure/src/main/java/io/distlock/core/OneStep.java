package io.distlock.core;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockKey;
import io.distlock.driver.SeveralKeysDriver;
import io.distlock.driver.SeveralKeysDriver.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One question for several keys, which are granted all or not at all. What it gets is held beside the lines of this JVM:
 * the threads that wait there have their place in the store's line, and are served by the release.
 */
final class OneStep {

    private final Desk desk;

    private final Demand demand;

    private final List<Claim> claims;

    private final long sent = System.nanoTime();

    private final CompletableFuture<Together> answer;

    OneStep(Desk desk, SeveralKeysDriver store, List<LockKey> keys, Demand demand) {
        this.desk = desk;
        this.demand = demand;
        this.claims = keys.stream().map(key -> claim(desk, key, demand)).toList();
        this.answer = store.acquireAll(this.claims).toCompletableFuture();
    }

    /** With one fence: it is never passed on. */
    private static Claim claim(Desk desk, LockKey key, Demand demand) {
        Claim claim = desk.claim(key, demand);
        return new Claim(claim.hold(), claim.ttl(), 1, claim.details());
    }

    CompletableFuture<Together> answer() {
        return this.answer;
    }

    /** @throws LockDriverException when the store did not answer; then nothing is left behind */
    Together await() throws InterruptedException {
        Moment.until(this.answer::isDone);
        try {
            return this.answer.get();
        } catch (ExecutionException failure) {
            throw failed(failure.getCause());
        } catch (InterruptedException interrupted) {
            abandon();
            throw interrupted;
        }
    }

    LockDriverException failed(@Nullable Throwable failure) {
        LockDriverException trouble = StoreCalls.trouble(failure);
        if (trouble.mayHaveHappened()) {
            undo();
        }
        return trouble;
    }

    /** A grant that comes after its validity is none. */
    boolean isLate() {
        return this.sent + Validity.of(this.demand.ttl().toNanos()) - System.nanoTime() <= 0;
    }

    /** @param byThread whether the current thread is the one that will work under them */
    List<LeaseInHand> accept(List<Attempt.Granted> grants, boolean byThread) {
        List<LeaseInHand> leases = new ArrayList<>(grants.size());
        for (int i = 0; i < grants.size(); i++) {
            leases.add(accept(this.claims.get(i), grants.get(i), byThread));
        }
        return leases;
    }

    private LeaseInHand accept(Claim claim, Attempt.Granted granted, boolean byThread) {
        Demand own = this.demand.waiting(this.demand.waitFor());
        Waiter waiter = new Waiter(own, byThread ? null : (self, answer) -> {});
        this.desk.tellers().asked(own, claim.key().key());
        KeyLease lease = this.desk.here().apart(claim.key()).adopt(claim, granted, this.sent, waiter);
        LeaseInHand inHand = lease.handOut();
        this.desk.tellers().taken(lease, this.sent);
        return inHand;
    }

    /** Nobody waits for the answer any more. */
    void abandon() {
        undo();
        this.answer.thenAccept(late -> {
            if (late instanceof Together.Granted) {
                undo();
            }
        });
    }

    private void undo() {
        this.claims.forEach(claim -> this.desk.givingBack().leave(new Question(claim, "", 0, Duration.ZERO)));
    }
}
