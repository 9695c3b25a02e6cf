package io.distlock.core;

import java.time.Duration;

/**
 * Until when a hold may be believed in. Answers of the store lengthen it, each counted from before its question was sent.
 * A command that sets the ttl may shorten what the store keeps, so belief is cut before it is sent.
 *
 * <p>One whose answer never came may still be under way, and reach the store at any later time: whatever was promised
 * meanwhile, it then leaves the hold its ttl from there. So as long as that may be, no answer is worth more than that ttl
 * from its sending; belief goes on in steps no longer than the store may be cut to.
 *
 * @param deadline on the monotonic clock
 */
record Belief(long deadline, Outdating outdating) {

    static Belief since(long sent, Duration ttl) {
        return new Belief(end(sent, ttl), Outdating.NOTHING);
    }

    private static long end(long sent, Duration ttl) {
        return sent + Validity.of(ttl.toNanos());
    }

    private static long earlier(long one, long other) {
        return one - other < 0 ? one : other;
    }

    int epoch() {
        return this.outdating.epoch();
    }

    /** A command that sets the ttl is about to be sent. */
    Belief setting(long sent, Duration ttl) {
        return new Belief(earlier(this.deadline, end(sent, ttl)), this.outdating.with(ttl));
    }

    /** The command, and no other of that ttl, has been executed: later questions are answered after it. */
    Belief set(long sent, Duration ttl, int asOf) {
        return without(ttl).renewed(sent, ttl, asOf);
    }

    /** The command that was to be sent then was not executed, and never will be. */
    Belief notSet(Belief before, Duration ttl) {
        Belief now = without(ttl);
        boolean undisturbed = epoch() == before.epoch() + 1 && before.deadline - this.deadline > 0;
        return undisturbed ? new Belief(before.deadline, now.outdating) : now;
    }

    private Belief without(Duration ttl) {
        return new Belief(this.deadline, this.outdating.without(ttl));
    }

    /** A question that was sent then has lengthened the hold to that ttl. */
    Belief renewed(long sent, Duration ttl, int asOf) {
        long next = end(sent, most(ttl));
        return asOf == epoch() && next - this.deadline > 0 ? new Belief(next, this.outdating) : this;
    }

    /** The store has said how long it lasts, to a question that was sent then. */
    Belief counted(long sent, Duration left, int asOf) {
        return asOf == epoch() ? new Belief(end(sent, most(left)), this.outdating) : this;
    }

    /** It ends then at the latest, whatever has been asked before. */
    Belief cut(long latest) {
        return new Belief(earlier(this.deadline, latest), this.outdating.all());
    }

    /** How much of that ttl may be believed in at a time. */
    Duration most(Duration ttl) {
        return this.outdating.most(ttl);
    }

    /** Whether nobody can be sure of a whole ttl any more. */
    boolean isLimited() {
        return !this.outdating.mayBeSet().isEmpty();
    }
}
