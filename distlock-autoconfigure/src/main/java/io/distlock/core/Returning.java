package io.distlock.core;

import io.distlock.LockLost;
import io.distlock.ReleaseOutcome;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How a lease ends: its hold goes to the next thread here, or back to the store, which hands it to the next in line. */
final class Returning {

    private final KeyLine line;

    private final Desk desk;

    Returning(KeyLine line, Desk desk) {
        this.line = line;
        this.desk = desk;
    }

    /** Called once per lease; completes its outcome. */
    void release(KeyLease lease, Function<Release, CompletionStage<Ownership>> end) {
        Holding holding = lease.holding();
        if (!holding.isBelieved(System.nanoTime())) {
            this.line.lost(holding, LockLost.Reason.EXPIRED);
        }
        this.line.inside(() -> {
            if (this.line.holds(holding) && passOn(lease, holding)) {
                Waiter next = lease.wasBrief() ? this.line.waiting().next() : null;
                return () -> {
                    lease.ended(ReleaseOutcome.RELEASED);
                    if (next != null) {
                        next.rouse();
                    }
                };
            }
            lease.end();
            this.line.letGo(holding);
            LockLost loss = lease.loss();
            return loss != null ? clearUp(lease, loss) : handOn(lease, end);
        });
    }

    private boolean passOn(KeyLease lease, Holding holding) {
        WaitingRoom waiting = this.line.waiting();
        long now = System.nanoTime();
        Predicate<Demand> mayHaveIt = next -> this.desk.passRule().allows(holding, lease.demand(), next, now);
        return !waiting.isEmpty()
                && mayHaveIt.test(waiting.first())
                && lease.pass()
                && waiting.lend(holding, mayHaveIt);
    }

    /** The key may still be there, and protected the work as long as that ran. */
    private Runnable clearUp(KeyLease lease, LockLost loss) {
        ReleaseOutcome outcome = switch (loss.reason()) {
            case TAKEN -> ReleaseOutcome.TAKEN;
            case CLOSED -> ReleaseOutcome.UNKNOWN;
            case EXPIRED, GONE, FREED, UNCERTAIN -> ReleaseOutcome.EXPIRED;
        };
        return () -> {
            this.desk.giveBack(lease);
            lease.ended(outcome);
        };
    }

    private Runnable handOn(KeyLease lease, Function<Release, CompletionStage<Ownership>> end) {
        Holding holding = lease.holding();
        Release release = new Release(holding.hold(), lease.stillToKeep());
        LineDriver store = this.desk.lines();
        boolean othersWait =
                !this.line.waiting().isEmpty() && !this.line.claiming().isUnderWay();
        Question next = store != null && othersWait ? this.line.claiming().beginInLine() : null;
        if (store != null && next != null) {
            return releaseAndLine(lease, release, store, next);
        }
        Runnable claimed = this.line.claimIfNeeded();
        return () -> {
            CompletionStage<Ownership> answer = end.apply(release);
            claimed.run();
            Ownership known = StoreCalls.known(answer);
            if (known != null) {
                ended(lease, known);
            } else {
                answer.whenComplete((found, failure) -> ended(lease, found));
            }
        };
    }

    private Runnable releaseAndLine(KeyLease lease, Release release, LineDriver store, Question question) {
        Claiming claiming = this.line.claiming();
        return () -> store.releaseAndLine(release, question).whenComplete((both, failure) -> {
            ended(lease, both == null ? null : both.released());
            claiming.answeredInLine(question, both == null ? null : both.next(), failure);
        });
    }

    /** @param found null = the store did not answer */
    private void ended(KeyLease lease, @Nullable Ownership found) {
        if (found == null) {
            this.desk.giveBack(lease);
            lease.ended(ReleaseOutcome.UNKNOWN);
        } else if (found == Ownership.OURS) {
            lease.ended(ReleaseOutcome.RELEASED);
        } else {
            boolean gone = found == Ownership.GONE;
            try {
                lease.wasLost(gone ? LockLost.Reason.GONE : LockLost.Reason.TAKEN);
            } finally {
                lease.ended(gone ? ReleaseOutcome.EXPIRED : ReleaseOutcome.TAKEN);
            }
        }
    }
}
