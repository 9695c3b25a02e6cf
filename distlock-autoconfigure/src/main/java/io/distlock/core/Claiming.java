package io.distlock.core;

import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockState;
import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How a line comes to hold its key: one claim at a time, asked again until it is granted or nobody waits any more. Only
 * under the line's gate, except where the store answers.
 *
 * <p>A token is used for one grant: once its release or its leaving was sent, a claim is dead, and whatever it is granted
 * later is given back.
 */
final class Claiming {

    private final KeyLine line;

    private final Desk desk;

    private final Questions questions;

    private final Granting granting = new Granting(this);

    private @Nullable Standing standing;

    Claiming(KeyLine line, Desk desk, @Nullable String member) {
        this.line = line;
        this.desk = desk;
        this.questions = new Questions(this, member);
    }

    KeyLine line() {
        return this.line;
    }

    Desk desk() {
        return this.desk;
    }

    Questions questions() {
        return this.questions;
    }

    Granting granting() {
        return this.granting;
    }

    boolean isUnderWay() {
        return this.standing != null;
    }

    /** The claim under way, if there is one. */
    @Nullable
    Standing standing() {
        return this.standing;
    }

    /** It was granted: nothing is asked for it any more. */
    void ended(Standing asking) {
        asking.cancelNext();
        this.standing = null;
    }

    /** Whether the store has said busy to all who ask now: whoever comes next stands behind this line's place. */
    boolean isKnownBusy() {
        Standing asking = this.standing;
        Attempt.Busy busy = asking == null ? null : asking.lastBusy();
        return asking != null
                && asking.isInLine()
                && !asking.isUnderWay()
                && (busy == null || !this.desk.undo().isLeftover(busy.token()));
    }

    /** Why nobody here holds the key, as far as the last question told. */
    Answer refusal() {
        Standing asking = this.standing;
        LockDriverException failure = asking == null ? null : asking.lastFailure();
        if (failure != null) {
            return new Answer.Unavailable(failure);
        }
        return refusedBy(asking == null ? null : asking.lastBusy());
    }

    private Answer refusedBy(Attempt.@Nullable Busy busy) {
        if (busy != null && this.desk.undo().isEnding(busy.token())) {
            return new Answer.Unavailable(new LockDriverException(
                    Kind.UNANSWERED,
                    "an earlier attempt of this instance still holds the key, and its end has not been answered",
                    null));
        }
        LockState holder = busy == null ? null : States.of(this.line.key(), busy);
        return new Answer.Refused(Reason.BUSY, holder, null);
    }

    /** What the holder elsewhere says of itself, as far as the last question told. */
    @Nullable
    String holder() {
        Standing asking = this.standing;
        Attempt.Busy busy = asking == null ? null : asking.lastBusy();
        return busy == null ? null : busy.details().orElse(null);
    }

    /** A claim for the first who waits. */
    Runnable begin() {
        Standing asking = newStanding();
        return asking == null ? KeyLine.NOTHING : this.questions.ask(asking);
    }

    private @Nullable Standing newStanding() {
        return newStanding(
                this.desk.lines() == null ? new Tries(this.desk.settings().retry()) : null);
    }

    /** Null = nobody waits any more: those for whom no claim could be made were told why. */
    private @Nullable Standing newStanding(@Nullable Tries tries) {
        this.standing = null;
        for (Waiter first = this.line.waiting().next();
                first != null;
                first = this.line.waiting().next()) {
            try {
                Demand demand = first.demand();
                Standing asking = new Standing(this.questions, this.desk.claim(this.line.key(), demand), demand, tries);
                this.standing = asking;
                return asking;
            } catch (RuntimeException | Error noToken) {
                this.line.waiting().remove(first);
                first.answer(new Answer.Failed(noToken));
            }
        }
        return null;
    }

    /** A claim for the first who waits, to be sent together with a release; null = there is none. */
    @Nullable
    Question beginInLine() {
        Standing asking = newStanding();
        if (asking == null) {
            return null;
        }
        asking.assumeBusy();
        return this.questions.next(asking, true);
    }

    /** The answer to {@link #beginInLine()}. */
    void answeredInLine(Question question, @Nullable Attempt attempt, @Nullable Throwable failure) {
        this.line.inside(() -> {
            Standing asking = this.standing;
            if (asking == null || !asking.claim().equals(question.claim())) {
                return isStray(question.claim(), attempt) ? this.questions.leave(question) : KeyLine.NOTHING;
            }
            return heard(asking, question.number(), attempt, failure);
        });
    }

    /** A question now, unless one is under way: somebody has no time to wait for the next that is due. */
    Runnable askNow() {
        Standing asking = this.standing;
        if (asking == null || asking.isUnderWay()) {
            return KeyLine.NOTHING;
        }
        return this.desk.lines() == null ? () -> askAnew(asking) : this.questions.ask(asking);
    }

    /** One more question, that leaves the line if it is busy; none if one is under way. */
    Runnable askLast() {
        Standing asking = this.standing;
        if (asking == null || asking.isUnderWay()) {
            return KeyLine.NOTHING;
        }
        return this.questions.askLast(asking);
    }

    /** A question that has become due, if there still is one; the caller sends it together with those of other lines. */
    @Nullable
    Question due(Standing asking) {
        Question[] due = new Question[1];
        this.line.inside(() -> {
            if (this.standing == asking && !asking.isUnderWay()) {
                due[0] = this.questions.next(asking, true);
            }
            return KeyLine.NOTHING;
        });
        return due[0];
    }

    /** The next try where the store keeps no line: a round of its own, with a claim of its own. */
    void askAnew(Standing asking) {
        this.line.inside(() -> {
            if (this.standing != asking || asking.isUnderWay()) {
                return KeyLine.NOTHING;
            }
            Standing next = newStanding(asking.tries());
            if (next == null) {
                return KeyLine.NOTHING;
            }
            next.assumeBusy();
            return anew(asking, next);
        });
    }

    /** The store keeps no line and was asked as often as is allowed: that it was busy is the answer. */
    void askNoMore(Standing asking) {
        this.line.inside(() -> {
            return this.standing == asking && !asking.isUnderWay()
                    ? this.line.refuse(waiter -> true, this::refusal)
                    : KeyLine.NOTHING;
        });
    }

    /** Messages can arrive from here on: a question says so now, instead of the next one that is due. */
    private void askSoon(Standing asking) {
        this.line.inside(() -> this.standing == asking && asking.isInLine() && !asking.isUnderWay()
                ? this.questions.ask(asking)
                : KeyLine.NOTHING);
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
        if (this.standing == asking) {
            return heard(asking, number, attempt, failure);
        }
        return isStray(asking.claim(), attempt) ? this.questions.giveBack(asking) : KeyLine.NOTHING;
    }

    /** Whether that is a grant to nobody: what is held here may be granted once more, when a command was sent again. */
    private boolean isStray(Claim claim, @Nullable Attempt attempt) {
        return attempt instanceof Attempt.Granted && !isKept(claim.hold());
    }

    /** Whether it is held here. */
    boolean isKept(Hold hold) {
        Holding held = this.line.held();
        return held != null && held.hold().equals(hold);
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
            return sent == null ? KeyLine.NOTHING : this.granting.use(asking, granted, sent);
        }
        if (attempt instanceof Attempt.Busy busy) {
            asking.busy(number, busy);
            return busy(asking);
        }
        return begin();
    }

    private Runnable busy(Standing asking) {
        if (this.desk.tellers().isTracing()) {
            this.line.waiting().foundHeldBy(holder());
        }
        Attempt.Busy found = asking.lastBusy();
        if (found != null && this.desk.undo().isLeftover(found.token()) && asking.meetLeftover()) {
            return endLeftover(asking, found);
        }
        Runnable refused = this.line.refuseThoseOutOfTime(() -> refusedBy(found));
        if (this.standing != asking) {
            return refused;
        }
        if (this.desk.lines() != null && !asking.isInLine()) {
            Runnable stand = this.questions.ask(asking);
            return () -> {
                refused.run();
                stand.run();
            };
        }
        this.desk.asking().later(this, asking);
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
            next = newStanding(asking.tries());
            if (next == null) {
                return KeyLine.NOTHING;
            }
            next.assumeBusyBy(leftover);
        }
        Runnable again = this.questions.askAlone(next);
        return () -> this.desk.undo().hurry(leftover.token()).whenComplete((ended, failure) -> again.run());
    }

    /** A store that is silent from the start fails all; one that fell silent later may come back while there is time. */
    private Runnable failed(Standing asking, LockDriverException trouble) {
        asking.failed(trouble);
        boolean hopeless = !asking.wasBusy() || trouble.kind() == Kind.MISCONFIGURED;
        Answer unavailable = new Answer.Unavailable(trouble);
        Runnable told = this.line.refuse(
                waiter -> hopeless || !waiter.demand().isPatient() || waiter.isLastCall(), () -> unavailable);
        if (this.standing == asking) {
            this.desk.asking().later(this, asking);
        }
        return told;
    }

    // ---- the end of a claim ----

    /**
     * Whoever waited first may have left. A claim for nobody is abandoned; one with a token or metadata of its own is
     * replaced when it would serve somebody else, and the place is kept.
     */
    Runnable fit() {
        Standing asking = this.standing;
        if (asking == null) {
            return KeyLine.NOTHING;
        }
        if (this.line.waiting().isEmpty()) {
            this.standing = null;
            asking.cancelNext();
            return abandon(asking);
        }
        if (asking.serves(this.line.waiting().first())) {
            return KeyLine.NOTHING;
        }
        asking.cancelNext();
        Standing next = newStanding();
        if (next == null) {
            return abandon(asking);
        }
        if (asking.wasBusy()) {
            next.assumeBusy();
        }
        return anew(asking, next);
    }

    /**
     * The next claim takes over the place, and then the old one ends: it may have been granted without anybody having
     * heard, and would stay for its whole ttl.
     */
    private Runnable anew(Standing old, Standing next) {
        Runnable asked = this.questions.ask(next);
        if (!old.mayBeKnown()) {
            return asked;
        }
        Runnable ended = this.questions.giveBack(old);
        return () -> {
            asked.run();
            ended.run();
        };
    }

    private Runnable abandon(Standing dead) {
        return dead.mayBeKnown() ? this.questions.giveBack(dead) : KeyLine.NOTHING;
    }
}
