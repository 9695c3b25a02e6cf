package io.distlock.core;

import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockState;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LineDriver.Grant;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One key in this JVM, from the first thread that wants it until nobody holds or awaits it here. At most one claim goes
 * to the store for all who wait; what it gets goes from thread to thread in the order of their arrival.
 *
 * <p>Its state changes under a gate that is never held across a call to the store. A token is used for one grant only:
 * once its release or its leaving was sent, a claim is dead, and whatever it is granted later is given back.
 */
final class KeyLine {

    private static final Runnable NOTHING = () -> {};

    private final Desk desk;

    private final LockKey key;

    private final String member;

    private final ReentrantLock gate = new ReentrantLock();

    private final Set<Waiter> waiting = new LinkedHashSet<>(4);

    private @Nullable Standing standing;

    private volatile @Nullable Holding held;

    private long questions;

    private boolean retired;

    KeyLine(Desk desk, LockKey key) {
        this.desk = desk;
        this.key = key;
        this.member = desk.nextId();
    }

    Desk desk() {
        return this.desk;
    }

    LockKey key() {
        return this.key;
    }

    // ---- those who want the key ----

    /** @return false when this line has ended and another must be asked for */
    boolean enter(Waiter waiter) {
        return inside(() -> {
            if (this.retired) {
                return null;
            }
            return admit(waiter);
        });
    }

    private Runnable admit(Waiter waiter) {
        if (this.desk.isClosed()) {
            return () -> waiter.answer(new Answer.Refused(Reason.CLOSED, null, null));
        }
        boolean patient = waiter.demand().isPatient();
        Holding here = this.held;
        if (!patient && here != null && here.isBelieved(System.nanoTime())) {
            return () -> waiter.answer(heldHere(here));
        }
        Standing asking = this.standing;
        if (!patient && asking != null && asking.isInLine() && asking.lastBusy() != null && !asking.isUnderWay()) {
            return () -> waiter.answer(refusal(asking));
        }
        int most = this.desk.settings().maxWaiters();
        if (most > 0 && this.waiting.size() >= most) {
            return () -> waiter.answer(new Answer.Refused(Reason.SHED, null, null));
        }
        this.waiting.add(waiter);
        return here == null && asking == null ? begin(waiter.demand()) : NOTHING;
    }

    /** The waiter's time is over: it is refused now, or asks once more if nobody else here waits on. */
    void lastCall(Waiter waiter) {
        inside(() -> {
            if (!this.waiting.contains(waiter)) {
                return NOTHING;
            }
            waiter.setLastCall();
            Standing asking = this.standing;
            if (asking != null && this.waiting.stream().allMatch(Waiter::isLastCall)) {
                return asking.isUnderWay() ? NOTHING : askLast(asking);
            }
            this.waiting.remove(waiter);
            Holding here = this.held;
            Answer answer = here != null ? heldHere(here) : asking != null ? refusal(asking) : null;
            Answer last = answer != null ? answer : new Answer.Refused(Reason.BUSY, null, null);
            return () -> waiter.answer(last);
        });
    }

    /** The waiter has left by itself: interrupted, or cancelled. */
    void gone(Waiter waiter) {
        inside(() -> {
            boolean first = !this.waiting.isEmpty() && this.waiting.iterator().next() == waiter;
            if (!this.waiting.remove(waiter) || this.standing == null) {
                return NOTHING;
            }
            if (this.waiting.isEmpty()) {
                return abandon(this.standing);
            }
            Demand next = this.waiting.iterator().next().demand();
            return first && !(next.common() && this.standing.demand().common())
                    ? replace(this.standing, next)
                    : NOTHING;
        });
    }

    /** Refuses all who wait and leaves the line. */
    void closeToWaiters() {
        inside(() -> refuseAll(waiter -> true, waiter -> new Answer.Refused(Reason.CLOSED, null, null)));
    }

    boolean isHolding() {
        return this.held != null;
    }

    // ---- the claim under way ----

    private Runnable begin(Demand demand) {
        Standing asking = new Standing(this.desk.claim(this.key, demand), demand);
        this.standing = asking;
        return ask(asking);
    }

    private Runnable ask(Standing asking) {
        LineDriver lines = this.desk.lines();
        boolean stands = lines != null
                && this.waiting.stream().anyMatch(one -> one.demand().isPatient());
        Question question = next(asking, stands);
        if (stands && lines != null) {
            return () -> sent(asking, question.number(), lines.line(question));
        }
        return () -> sent(asking, question.number(), this.desk.driver().acquire(asking.claim()));
    }

    private Runnable askLast(Standing asking) {
        LineDriver lines = this.desk.lines();
        Question question = next(asking, false);
        return lines == null
                ? () -> sent(asking, question.number(), this.desk.driver().acquire(asking.claim()))
                : () -> sent(asking, question.number(), lines.lastTry(question));
    }

    private Question next(Standing asking, boolean stands) {
        return asking.ask(this.member, ++this.questions, this.desk.aliveFor(), stands);
    }

    /** A due question, if there still is one; it is sent together with those of other lines. */
    @Nullable
    Question dueQuestion(Standing asking) {
        this.gate.lock();
        try {
            return this.standing == asking && !asking.isUnderWay() ? next(asking, true) : null;
        } finally {
            this.gate.unlock();
        }
    }

    /** Messages can arrive from here on: a question says so, instead of the next one that is due. */
    private void askSoon(Standing asking) {
        inside(() -> this.standing == asking && !asking.isUnderWay() && asking.isInLine() ? ask(asking) : NOTHING);
    }

    /** The next try where the store keeps no line: a round of its own, with a claim of its own. */
    void askAnew(Standing asking) {
        inside(() -> {
            if (this.standing != asking || asking.isUnderWay() || this.waiting.isEmpty()) {
                return NOTHING;
            }
            Runnable begun = begin(this.waiting.iterator().next().demand());
            Standing next = this.standing;
            if (next != null) {
                next.assumeBusy();
            }
            return begun;
        });
    }

    void sent(Standing asking, long number, CompletionStage<Attempt> reply) {
        reply.whenComplete((attempt, failure) ->
                inside(() -> failure == null ? answered(asking, number, attempt) : failed(asking, failure)));
    }

    private Runnable answered(Standing asking, long number, Attempt attempt) {
        if (this.standing != asking) {
            boolean ours =
                    this.held != null && this.held.hold().equals(asking.claim().hold());
            return attempt instanceof Attempt.Granted && !ours ? giveBack(asking) : NOTHING;
        }
        if (attempt instanceof Attempt.Granted granted) {
            Long sent = asking.sentAt(number);
            asking.answered();
            return sent == null
                    ? NOTHING
                    : accept(asking, granted, sent, asking.claim().ttl());
        }
        if (attempt instanceof Attempt.Busy busy) {
            asking.busy(number, busy);
            return stayOrLeave(asking);
        }
        asking.answered();
        return begin(this.waiting.iterator().next().demand());
    }

    private Runnable stayOrLeave(Standing asking) {
        Runnable refused =
                refuseAll(waiter -> !waiter.demand().isPatient() || waiter.isLastCall(), waiter -> refusal(asking));
        if (this.waiting.isEmpty()) {
            return refused;
        }
        if (this.desk.lines() == null || asking.isInLine()) {
            this.desk.askAgain(this, asking, this.desk.pause(asking));
            return () -> {
                refused.run();
                this.desk.listen(() -> askSoon(asking));
            };
        }
        Runnable stand = ask(asking);
        return () -> {
            refused.run();
            stand.run();
        };
    }

    private Runnable failed(Standing asking, Throwable failure) {
        if (this.standing != asking) {
            return NOTHING;
        }
        LockDriverException trouble = trouble(failure);
        asking.failed(trouble);
        boolean hopeless = !asking.wasBusy() || trouble.kind() == LockDriverException.Kind.MISCONFIGURED;
        Runnable told = refuseAll(
                waiter -> hopeless || !waiter.demand().isPatient() || waiter.isLastCall(),
                waiter -> new Answer.Unavailable(trouble));
        if (!this.waiting.isEmpty()) {
            this.desk.askAgain(this, asking, this.desk.pause(asking));
        }
        return told;
    }

    /** Answers those whom the test names, and ends the claim when nobody is left. */
    private Runnable refuseAll(Predicate<Waiter> whom, Function<Waiter, Answer> how) {
        List<Waiter> refused = new ArrayList<>(1);
        for (Iterator<Waiter> all = this.waiting.iterator(); all.hasNext(); ) {
            Waiter waiter = all.next();
            if (whom.test(waiter)) {
                all.remove();
                refused.add(waiter);
            }
        }
        Runnable left = this.waiting.isEmpty() && this.standing != null ? abandon(this.standing) : NOTHING;
        return () -> {
            left.run();
            refused.forEach(waiter -> waiter.answer(how.apply(waiter)));
        };
    }

    private Runnable abandon(Standing asking) {
        this.standing = null;
        asking.cancelNext();
        return asking.mayBeKnown() ? giveBack(asking) : NOTHING;
    }

    /** The same place in the line for a claim of another kind. */
    private Runnable replace(Standing asking, Demand next) {
        Runnable left = asking.mayBeKnown() && !asking.isInLine() ? giveBack(asking) : NOTHING;
        asking.cancelNext();
        Runnable begun = begin(next);
        return () -> {
            left.run();
            begun.run();
        };
    }

    /** Leaves the line with a dead claim, and ends whatever it is granted. */
    private Runnable giveBack(Standing dead) {
        Claim claim = dead.claim();
        Question question = new Question(claim, this.member, this.questions, this.desk.aliveFor());
        return () -> this.desk.leave(question);
    }

    // ---- a grant ----

    /** By message. */
    void granted(Grant grant) {
        inside(() -> {
            Standing asking = this.standing;
            if (asking != null && asking.claim().hold().equals(grant.hold())) {
                Long sent = asking.sentAt(grant.question());
                return sent == null ? NOTHING : accept(asking, grant.granted(), sent, grant.ttl());
            }
            boolean known = this.held != null && this.held.hold().equals(grant.hold());
            return known ? NOTHING : () -> this.desk.giveBack(grant.hold());
        });
    }

    private Runnable accept(Standing asking, Attempt.Granted granted, long sent, Duration ttl) {
        Duration lived = ttl.minus(this.desk.settings().grace());
        Holding holding = new Holding(this, asking.claim(), granted, sent, lived);
        long now = System.nanoTime();
        Demand first = this.waiting.isEmpty()
                ? asking.demand()
                : this.waiting.iterator().next().demand();
        boolean late = !holding.isBelieved(now);
        if (!late && holding.deadline() - now < PassRule.twoThirds(first.ttl())) {
            return () ->
                    this.desk.keepAlive().renewNow(holding, first.ttl(), well -> lengthened(asking, holding, well));
        }
        return late ? again(asking) : take(asking, holding);
    }

    private void lengthened(Standing asking, Holding holding, boolean well) {
        inside(() -> {
            if (this.standing != asking) {
                return giveBack(asking);
            }
            return well && holding.isBelieved(System.nanoTime()) ? take(asking, holding) : again(asking);
        });
    }

    /** A grant that came after its validity is none. */
    private Runnable again(Standing late) {
        Runnable back = giveBack(late);
        late.cancelNext();
        this.standing = null;
        Runnable next = this.waiting.isEmpty()
                ? NOTHING
                : begin(this.waiting.iterator().next().demand());
        return () -> {
            back.run();
            next.run();
        };
    }

    private Runnable take(Standing asking, Holding holding) {
        asking.cancelNext();
        this.standing = null;
        this.held = holding;
        if (lendToNext(holding)) {
            this.desk.keepAlive().watch(holding);
            return NOTHING;
        }
        this.held = null;
        holding.end();
        return giveBack(asking);
    }

    private boolean lendToNext(Holding holding) {
        for (Iterator<Waiter> all = this.waiting.iterator(); all.hasNext(); ) {
            Waiter waiter = all.next();
            all.remove();
            if (waiter.answer(new Answer.Granted(holding.lend(waiter)))) {
                return true;
            }
            holding.takeBack();
        }
        return false;
    }

    /** A hold that was taken elsewhere, or without waiting, goes on here under that lease. */
    KeyLease adopt(Claim claim, Attempt.Granted granted, long sent, Waiter owner) {
        Holding holding = new Holding(this, claim, granted, sent, owner.demand().ttl());
        KeyLease lease = holding.lend(owner);
        lease.token();
        this.desk.keepAlive().watch(holding);
        return lease;
    }

    // ---- the way back ----

    /** Called once per lease; completes its outcome. */
    void release(KeyLease lease) {
        if (!lease.holding().isBelieved(System.nanoTime())) {
            lost(lease.holding(), LockLost.Reason.EXPIRED);
        }
        inside(() -> end(lease));
    }

    private Runnable end(KeyLease lease) {
        Holding holding = lease.holding();
        if (this.held == holding && passOn(lease, holding)) {
            return () -> lease.ended(ReleaseOutcome.RELEASED);
        }
        lease.end();
        holding.end();
        if (this.held == holding) {
            this.held = null;
        }
        LockLost loss = lease.loss();
        if (loss != null) {
            return () -> {
                this.desk.giveBack(holding.hold());
                lease.ended(loss.reason() == LockLost.Reason.TAKEN ? ReleaseOutcome.TAKEN : ReleaseOutcome.EXPIRED);
            };
        }
        return handOn(lease, new Release(holding.hold(), holding.fencesUsed(), lease.stillToKeep()));
    }

    private boolean passOn(KeyLease lease, Holding holding) {
        if (this.waiting.isEmpty()) {
            return false;
        }
        Demand next = this.waiting.iterator().next().demand();
        if (!this.desk.passRule().allows(holding, lease.demand(), next, System.nanoTime()) || !lease.pass()) {
            return false;
        }
        return lendToNext(holding);
    }

    private Runnable handOn(KeyLease lease, Release release) {
        LineDriver lines = this.desk.lines();
        if (this.waiting.isEmpty() || lines == null || this.standing != null) {
            boolean more = !this.waiting.isEmpty() && this.standing == null;
            Runnable begun = more ? begin(this.waiting.iterator().next().demand()) : NOTHING;
            return () -> {
                CompletionStage<Ownership> found = this.desk.driver().release(release);
                begun.run();
                found.whenComplete((ownership, failure) -> ended(lease, ownership, failure));
            };
        }
        Demand demand = this.waiting.iterator().next().demand();
        Standing next = new Standing(this.desk.claim(this.key, demand), demand);
        this.standing = next;
        next.assumeBusy();
        Question question = next(next, true);
        return () -> lines.releaseAndLine(release, question).whenComplete((both, failure) -> {
            ended(lease, both == null ? null : both.released(), failure);
            inside(() -> failure == null ? answered(next, question.number(), both.next()) : failed(next, failure));
        });
    }

    private void ended(KeyLease lease, @Nullable Ownership found, @Nullable Throwable failure) {
        ReleaseOutcome told = ReleaseOutcome.UNKNOWN;
        if (found != null) {
            told = switch (found) {
                case OURS -> ReleaseOutcome.RELEASED;
                case GONE -> ReleaseOutcome.EXPIRED;
                case TAKEN -> ReleaseOutcome.TAKEN;
            };
            if (found != Ownership.OURS) {
                lease.wasLost(found == Ownership.GONE ? LockLost.Reason.GONE : LockLost.Reason.TAKEN);
            }
        } else {
            this.desk.giveBack(lease.holding().hold());
        }
        lease.ended(told);
    }

    /** The hold is over although it was not released; those who wait ask the store again. */
    void lost(Holding holding, LockLost.Reason reason) {
        inside(() -> {
            holding.end();
            KeyLease lease = holding.lease();
            if (this.held == holding) {
                this.held = null;
            }
            boolean more = this.held == null && !this.waiting.isEmpty() && this.standing == null;
            Runnable begun = more ? begin(this.waiting.iterator().next().demand()) : NOTHING;
            return () -> {
                if (lease != null) {
                    lease.lose(reason);
                }
                begun.run();
            };
        });
    }

    // ---- questions about a hold ----

    Optional<Duration> ttl(KeyLease lease) {
        return await(lease, this.desk.driver().ttl(lease.holding().hold()));
    }

    boolean extend(KeyLease lease, Duration ttl) {
        Holding holding = lease.holding();
        Duration stored = this.desk.stored(ttl);
        long sent = System.nanoTime();
        holding.shorten(sent + Validity.of(ttl.toNanos()));
        holding.ttl(ttl);
        CompletionStage<Ownership> answer = this.desk.driver().extend(holding.hold(), stored);
        try {
            Ownership found = await(lease, answer);
            if (found == Ownership.OURS) {
                holding.renewed(sent, ttl, holding.epoch());
                this.desk.keepAlive().watch(holding);
                return true;
            }
            lost(holding, found == Ownership.GONE ? LockLost.Reason.GONE : LockLost.Reason.TAKEN);
            return false;
        } catch (LockUnavailableException silent) {
            holding.freeze();
            throw silent;
        }
    }

    private <T> T await(KeyLease lease, CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture().join();
        } catch (CompletionException failure) {
            LockDriverException trouble = trouble(failure);
            throw new LockUnavailableException(lease.keys(), String.valueOf(trouble.getMessage()), trouble);
        }
    }

    // ---- small words ----

    private Answer heldHere(Holding here) {
        KeyLease lease = here.lease();
        return new Answer.Refused(Reason.BUSY, this.desk.stateOf(here), lease == null ? null : lease.worker());
    }

    private Answer refusal(Standing asking) {
        LockDriverException failure = asking.lastFailure();
        if (failure != null) {
            return new Answer.Unavailable(failure);
        }
        Attempt.Busy busy = asking.lastBusy();
        LockState holder = busy == null ? null : this.desk.stateOf(this.key, busy);
        return new Answer.Refused(Reason.BUSY, holder, null);
    }

    private static LockDriverException trouble(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof LockDriverException known
                ? known
                : new LockDriverException(LockDriverException.Kind.UNANSWERED, String.valueOf(cause), cause);
    }

    /** Changes state under the gate, then does outside of it what follows; null = refused to enter. */
    private boolean inside(Supplier<@Nullable Runnable> change) {
        Runnable then;
        this.gate.lock();
        try {
            then = change.get();
            if (this.held == null && this.standing == null && this.waiting.isEmpty() && !this.retired) {
                this.retired = true;
                this.desk.forget(this);
            }
        } finally {
            this.gate.unlock();
        }
        if (then == null) {
            return false;
        }
        then.run();
        return true;
    }
}
