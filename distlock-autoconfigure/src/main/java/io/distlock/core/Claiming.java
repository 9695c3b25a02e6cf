package io.distlock.core;

import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockState;
import io.distlock.driver.Attempt;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
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

    private final Replying replying;

    private @Nullable Standing standing;

    Claiming(KeyLine line, Desk desk, @Nullable String member) {
        this.line = line;
        this.desk = desk;
        this.questions = new Questions(this, member);
        this.replying = new Replying(this, line, desk);
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

    Replying replying() {
        return this.replying;
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

    /** @param busy what the store has said of who holds the key; null = nothing */
    Answer refusedBy(Attempt.@Nullable Busy busy) {
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
    @Nullable
    Standing newStanding(@Nullable Tries tries) {
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
                    ? this.line.admitting().refuse(waiter -> true, this::refusal)
                    : KeyLine.NOTHING;
        });
    }

    /** Whether it is held here. */
    boolean isKept(Hold hold) {
        Holding held = this.line.held();
        return held != null && held.hold().equals(hold);
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
