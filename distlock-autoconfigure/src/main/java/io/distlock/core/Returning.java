package io.distlock.core;

import io.distlock.LockLost;
import io.distlock.ReleaseOutcome;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How a lease ends: its hold goes to the next thread here, or back to the store, which hands it to the next in line. */
final class Returning {

    /** Of a lease for which nobody waits here: told apart by itself, so that most releases make no object for it. */
    private static final Runnable GIVE_BACK = () -> {};

    private final Desk desk;

    Returning(Desk desk) {
        this.desk = desk;
    }

    /** Called once per lease; completes its outcome. */
    void release(KeyLease lease, Function<Release, CompletionStage<Ownership>> end) {
        Holding holding = lease.holding();
        KeyLine line = holding.line();
        if (!holding.isBelieved(System.nanoTime())) {
            line.lost(holding, LockLost.Reason.EXPIRED);
        }
        Runnable then;
        line.open();
        try {
            then = passOn(line, lease, holding) ? passed(line, lease) : ended(line, lease, end);
        } finally {
            line.shut();
        }
        if (then == GIVE_BACK) {
            giveBack(lease, end, KeyLine.NOTHING);
        } else {
            then.run();
        }
    }

    private static Runnable passed(KeyLine line, KeyLease lease) {
        Waiter next = lease.wasBrief() ? line.waiting().next() : null;
        return () -> {
            lease.ended(ReleaseOutcome.RELEASED);
            if (next != null) {
                next.rouse();
            }
        };
    }

    private Runnable ended(KeyLine line, KeyLease lease, Function<Release, CompletionStage<Ownership>> end) {
        lease.end();
        line.letGo(lease.holding());
        LockLost loss = lease.loss();
        return loss != null ? clearUp(lease, loss) : handOn(line, lease, end);
    }

    private boolean passOn(KeyLine line, KeyLease lease, Holding holding) {
        WaitingRoom waiting = line.waiting();
        if (waiting.isEmpty() || !line.holds(holding)) {
            return false;
        }
        long now = System.nanoTime();
        return mayPass(holding, lease, waiting, now) && lease.pass() && lend(holding, lease, waiting, now);
    }

    private boolean mayPass(Holding holding, KeyLease last, WaitingRoom waiting, long now) {
        return !waiting.isEmpty() && this.desk.passRule().allows(holding, last.demand(), waiting.first(), now);
    }

    /** To the first who has not left: nobody is passed over for somebody behind. */
    private boolean lend(Holding holding, KeyLease last, WaitingRoom waiting, long now) {
        while (mayPass(holding, last, waiting, now)) {
            if (waiting.lendToFirst(holding, now)) {
                return true;
            }
        }
        return false;
    }

    /** The key may still be there, and protected the work as long as that ran. */
    private Runnable clearUp(KeyLease lease, LockLost loss) {
        ReleaseOutcome outcome = switch (loss.reason()) {
            case TAKEN -> ReleaseOutcome.TAKEN;
            case CLOSED -> ReleaseOutcome.UNKNOWN;
            case EXPIRED, GONE, FREED, UNCERTAIN -> ReleaseOutcome.EXPIRED;
        };
        return () -> {
            this.desk.givingBack().giveBack(lease);
            lease.ended(outcome);
        };
    }

    private Runnable handOn(KeyLine line, KeyLease lease, Function<Release, CompletionStage<Ownership>> end) {
        LineDriver store = this.desk.lines();
        boolean othersWait = !line.waiting().isEmpty() && !line.claiming().isUnderWay();
        Question next = store != null && othersWait ? line.claiming().beginInLine() : null;
        if (store != null && next != null) {
            return releaseAndLine(line, lease, store, next);
        }
        Runnable claimed = line.claimIfNeeded();
        return claimed == KeyLine.NOTHING ? GIVE_BACK : () -> giveBack(lease, end, claimed);
    }

    private void giveBack(KeyLease lease, Function<Release, CompletionStage<Ownership>> end, Runnable claimed) {
        CompletionStage<Ownership> answer = end.apply(whatIsReleased(lease));
        try {
            claimed.run();
        } finally {
            Ownership known = StoreCalls.known(answer);
            if (known != null) {
                ended(lease, known);
            } else {
                answer.whenComplete((found, failure) -> ended(lease, found));
            }
        }
    }

    private static Release whatIsReleased(KeyLease lease) {
        return new Release(lease.holding().hold(), lease.stillToKeep());
    }

    private Runnable releaseAndLine(KeyLine line, KeyLease lease, LineDriver store, Question question) {
        Release release = whatIsReleased(lease);
        Claiming claiming = line.claiming();
        return () -> store.releaseAndLine(release, question).whenComplete((both, failure) -> {
            ended(lease, both == null ? null : both.released());
            claiming.replying().answeredInLine(question, both == null ? null : both.next(), failure);
        });
    }

    /** @param found null = the store did not answer */
    private void ended(KeyLease lease, @Nullable Ownership found) {
        if (found == null) {
            this.desk.givingBack().giveBack(lease);
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
