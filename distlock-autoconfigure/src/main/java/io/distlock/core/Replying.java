package io.distlock.core;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What follows from the store's answers to the questions of a claim, and from their failure: see {@link Granting} for grants. */
final class Replying {

    private final Claiming claiming;

    private final KeyLine line;

    private final Desk desk;

    Replying(Claiming claiming, KeyLine line, Desk desk) {
        this.claiming = claiming;
        this.line = line;
        this.desk = desk;
    }

    /** To {@link Claiming#beginInLine()}. */
    void answeredInLine(Question question, @Nullable Attempt attempt, @Nullable Throwable failure) {
        this.line.inside(() -> {
            Standing asking = this.claiming.standing();
            if (asking == null || !asking.claim().equals(question.claim())) {
                return isStray(question.claim(), attempt)
                        ? this.claiming.questions().leave(question)
                        : KeyLine.NOTHING;
            }
            return heard(asking, question.number(), attempt, failure);
        });
    }

    void sent(Standing asking, long number, CompletionStage<Attempt> reply) {
        Attempt known = StoreCalls.known(reply);
        if (known != null) {
            answeredAtOnce(asking, number, known);
            return;
        }
        this.desk.asking().sent();
        reply.whenComplete((attempt, failure) -> {
            this.desk.asking().answered();
            this.line.inside(() -> answered(asking, number, attempt, failure));
        });
    }

    private void answeredAtOnce(Standing asking, long number, Attempt attempt) {
        Runnable then;
        this.line.open();
        try {
            then = answered(asking, number, attempt, null);
        } finally {
            this.line.shut();
        }
        then.run();
    }

    private Runnable answered(Standing asking, long number, @Nullable Attempt attempt, @Nullable Throwable failure) {
        if (this.claiming.standing() == asking) {
            return heard(asking, number, attempt, failure);
        }
        return isStray(asking.claim(), attempt) ? this.claiming.questions().giveBack(asking) : KeyLine.NOTHING;
    }

    /** Whether that is a grant to nobody: what is held here may be granted once more, when a command was sent again. */
    private boolean isStray(Claim claim, @Nullable Attempt attempt) {
        return attempt instanceof Attempt.Granted && !this.claiming.isKept(claim.hold());
    }

    private Runnable heard(Standing asking, long number, @Nullable Attempt attempt, @Nullable Throwable failure) {
        if (asking.isSettling()) {
            return KeyLine.NOTHING; // it is granted, whatever was answered to an earlier question
        }
        if (attempt == null) {
            return failed(asking, StoreCalls.trouble(failure));
        }
        if (attempt instanceof Attempt.Granted granted) {
            Long sent = asking.sentAt(number);
            asking.answered();
            return sent == null ? KeyLine.NOTHING : this.claiming.granting().use(asking, granted, sent);
        }
        if (attempt instanceof Attempt.Busy busy) {
            asking.busy(number, busy);
            return busy(asking);
        }
        return this.claiming.begin();
    }

    private Runnable busy(Standing asking) {
        if (this.desk.tellers().isTracing()) {
            this.line.waiting().foundHeldBy(this.claiming.holder());
        }
        Attempt.Busy found = asking.lastBusy();
        if (found != null && this.desk.undo().isLeftover(found.token()) && asking.meetLeftover()) {
            return endLeftover(asking, found);
        }
        Runnable refused = this.line.admitting().refuseThoseOutOfTime(() -> this.claiming.refusedBy(found));
        if (this.claiming.standing() != asking) {
            return refused;
        }
        if (this.desk.lines() != null && !asking.isInLine()) {
            Runnable stand = this.claiming.questions().ask(asking);
            return () -> {
                refused.run();
                stand.run();
            };
        }
        this.desk.asking().later(this.claiming, asking);
        Runnable heard = asking.saysItListens() ? KeyLine.NOTHING : () -> askSoon(asking);
        return () -> {
            refused.run();
            this.desk.hearing().listen(heard);
        };
    }

    /** Nobody holds the key but an attempt of our own that was given up: that is not busy. Its end first, then the key. */
    private Runnable endLeftover(Standing asking, Attempt.Busy leftover) {
        Standing next = asking;
        if (this.desk.lines() == null) {
            next = this.claiming.newStanding(asking.tries());
            if (next == null) {
                return KeyLine.NOTHING;
            }
            next.assumeBusyBy(leftover);
        }
        Runnable again = this.claiming.questions().askAlone(next);
        return () -> this.desk.undo().hurry(leftover.token()).whenComplete((ended, failure) -> again.run());
    }

    /** A store that is silent from the start fails all; one that fell silent later may come back while there is time. */
    private Runnable failed(Standing asking, LockDriverException trouble) {
        asking.failed(trouble);
        boolean hopeless = !asking.wasBusy() || trouble.kind() == Kind.MISCONFIGURED;
        Answer unavailable = new Answer.Unavailable(trouble);
        Runnable told = this.line
                .admitting()
                .refuse(waiter -> hopeless || !waiter.demand().isPatient() || waiter.isLastCall(), () -> unavailable);
        if (this.claiming.standing() == asking) {
            this.desk.asking().later(this.claiming, asking);
        }
        return told;
    }

    /** Messages can arrive from here on: a question says so now, instead of the next one that is due. */
    private void askSoon(Standing asking) {
        this.line.inside(() -> this.claiming.standing() == asking && asking.isInLine() && !asking.isUnderWay()
                ? this.claiming.questions().ask(asking)
                : KeyLine.NOTHING);
    }
}
