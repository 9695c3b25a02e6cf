package io.distlock.core;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockDriverException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A claim under way for one key: the questions that were sent and what came back. Only under the gate of its line.
 *
 * <p>The validity of a grant counts from the question that it answers, never from its arrival, and a grant by message
 * answers the question whose number it repeats. A grant for a question before the last one that was answered "busy" is
 * over: the store saw the key in other hands since.
 *
 * <p>To run it sends the question that was noted last; the next is noted only when that is answered, so no other can have
 * come between. Nearly every lock asks one, which needs no object of its own for that.
 */
final class Standing implements Runnable {

    private final Questions questions;

    private final Claim claim;

    private final Demand demand;

    private final @Nullable Tries tries;

    /** The question that was sent before the last, if a grant may still answer it, and those before that. */
    private @Nullable Sent earlier;

    /** 0 = none was asked. */
    private long lastNumber;

    /** The last one, if it knows of a line. */
    private @Nullable Question question;

    private boolean underWay;

    private long lastSent;

    private boolean settling;

    private boolean wasBusy;

    /** Whether the last question stands in line if it is busy. */
    private boolean stands;

    private boolean inLine;

    /** Whether messages could arrive when the last question was sent, so that it said so. */
    private boolean listens;

    private boolean ambiguous;

    /** Whether the last busy answer named an attempt of our own that was given up, and its end has been asked for. */
    private boolean metLeftover;

    private Attempt.@Nullable Busy busy;

    private @Nullable LockDriverException failure;

    private Ticker.@Nullable Entry next;

    Standing(Questions questions, Claim claim, Demand demand, @Nullable Tries tries) {
        this.questions = questions;
        this.claim = claim;
        this.demand = demand;
        this.tries = tries;
    }

    Claim claim() {
        return this.claim;
    }

    Demand demand() {
        return this.demand;
    }

    /** The pauses where the store keeps no line, else null; those of the whole acquisition, however many claims it takes. */
    @Nullable
    Tries tries() {
        return this.tries;
    }

    /**
     * Whether what it gets may go to somebody who wants this: a token or metadata of one's own is for oneself, and who
     * does not renew gets no more than its own ttl.
     */
    boolean serves(Demand other) {
        boolean shortEnough = other.autoRenew() || this.demand.ttl().compareTo(other.ttl()) <= 0;
        return other == this.demand || other.common() && this.demand.common() && shortEnough;
    }

    /** Notes that a question goes out now which stands in line if it is busy, or leaves it. */
    Question ask(String member, long number, Duration aliveFor, boolean stands, boolean listens) {
        ask(number);
        this.stands = stands;
        this.listens = listens;
        Question next = new Question(this.claim, member, number, aliveFor);
        this.question = next;
        return next;
    }

    /** Notes that a question goes out now which knows of no line. */
    void ask(long number) {
        cancelNext();
        this.stands = false;
        this.question = null;
        this.earlier = this.lastNumber > 0 ? new Sent(this.lastNumber, this.lastSent, this.earlier) : null;
        this.lastNumber = number;
        this.lastSent = System.nanoTime();
        this.underWay = true;
    }

    @Override
    public void run() {
        this.questions.send(this, this.lastNumber, this.question);
    }

    /** When the last question was sent. */
    long lastSent() {
        return this.lastSent;
    }

    /** When that question was sent; null for one that is too old to count, or was never sent. */
    @Nullable
    Long sentAt(long number) {
        if (number == this.lastNumber) {
            return this.lastSent;
        }
        for (Sent question = this.earlier; question != null; question = question.earlier) {
            if (question.number == number) {
                return question.at;
            }
        }
        return null;
    }

    /** Whether a later question than that is under way. */
    boolean hasAskedSince(long number) {
        return this.underWay && this.lastNumber > number;
    }

    void busy(long number, Attempt.Busy answer) {
        this.underWay = false;
        this.wasBusy = true;
        this.inLine = this.stands;
        this.metLeftover = this.metLeftover && isOf(answer.token());
        this.busy = answer;
        this.failure = null;
        this.earlier = from(number, this.earlier);
    }

    void failed(LockDriverException failure) {
        this.underWay = false;
        this.failure = failure;
        this.ambiguous |= failure.mayHaveHappened();
    }

    void answered() {
        this.underWay = false;
    }

    /**
     * The last busy answer named an attempt of our own that was given up.
     *
     * @return whether that was not so before
     */
    boolean meetLeftover() {
        boolean first = !this.metLeftover;
        this.metLeftover = true;
        return first;
    }

    private boolean isOf(String token) {
        return this.busy != null && this.busy.token().equals(token);
    }

    /** Those who wait have been told before that the key is held. */
    void assumeBusy() {
        this.wasBusy = true;
    }

    /** The same, by that attempt of our own, whose end has been asked for. */
    void assumeBusyBy(Attempt.Busy leftover) {
        assumeBusy();
        this.busy = leftover;
        this.metLeftover = true;
    }

    /** It was granted, but must be lengthened before use; no question is asked meanwhile. */
    void settle() {
        this.settling = true;
        this.underWay = true;
        cancelNext();
    }

    boolean isSettling() {
        return this.settling;
    }

    boolean isUnderWay() {
        return this.underWay;
    }

    boolean wasBusy() {
        return this.wasBusy;
    }

    boolean isInLine() {
        return this.inLine;
    }

    boolean saysItListens() {
        return this.listens;
    }

    /** Whether the store may hold anything of this claim. */
    boolean mayBeKnown() {
        return this.underWay || this.inLine || this.ambiguous;
    }

    Attempt.@Nullable Busy lastBusy() {
        return this.busy;
    }

    /** The failure of the last question, if it failed. */
    @Nullable
    LockDriverException lastFailure() {
        return this.failure;
    }

    void askNext(Ticker.Entry entry) {
        cancelNext();
        this.next = entry;
    }

    void cancelNext() {
        if (this.next != null) {
            this.next.cancel();
            this.next = null;
        }
    }

    /** That question and later ones: numbers grow. */
    private static @Nullable Sent from(long number, @Nullable Sent last) {
        return last == null || last.number < number ? null : new Sent(last.number, last.at, from(number, last.earlier));
    }

    private record Sent(long number, long at, @Nullable Sent earlier) {}
}
