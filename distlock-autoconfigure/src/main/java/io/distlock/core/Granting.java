package io.distlock.core;

import io.distlock.driver.Attempt;
import io.distlock.driver.LineDriver.Grant;
import io.distlock.driver.Ownership;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a line does with a grant: it is lengthened if too little is left of it, and lent to the first who waits. Only under
 * the line's gate, except where the store answers.
 */
final class Granting {

    private final Claiming claiming;

    Granting(Claiming claiming) {
        this.claiming = claiming;
    }

    private KeyLine line() {
        return this.claiming.line();
    }

    private Desk desk() {
        return this.claiming.desk();
    }

    /** As the answer to a question that was sent then. */
    Runnable use(Standing asking, Attempt.Granted granted, long sent) {
        return use(asking, holding(asking, granted, sent, asking.claim().ttl()));
    }

    /** By message. */
    void granted(Grant grant) {
        line().inside(() -> {
            Standing asking = this.claiming.standing();
            if (asking != null && asking.claim().hold().equals(grant.hold())) {
                Long sent = asking.sentAt(grant.question());
                return sent == null ? KeyLine.NOTHING : accept(asking, grant, sent);
            }
            return this.claiming.isKept(grant.hold())
                    ? KeyLine.NOTHING
                    : () -> desk().givingBack().giveBack(grant.hold(), grant.ttl());
        });
    }

    private Runnable accept(Standing asking, Grant grant, long sent) {
        if (asking.isSettling() || isSaidAnew(asking, grant, sent)) {
            return KeyLine.NOTHING;
        }
        return use(asking, holding(asking, grant.granted(), sent, grant.ttl()));
    }

    /**
     * Whether too little is left of it, but enough by the answer to a later question that is under way: no renewal says it
     * sooner, and whoever has no more time than for one answer gets that one.
     */
    private boolean isSaidAnew(Standing asking, Grant grant, long sent) {
        long now = System.nanoTime();
        return asking.hasAskedSince(grant.question())
                && isThin(holding(asking, grant.granted(), sent, grant.ttl()), now)
                && !isThin(holding(asking, grant.granted(), asking.lastSent(), grant.ttl()), now);
    }

    private Holding holding(Standing asking, Attempt.Granted granted, long sent, Duration stored) {
        return new Holding(
                line(),
                asking.claim(),
                granted,
                sent,
                stored.minus(desk().settings().grace()));
    }

    private boolean isThin(Holding holding, long now) {
        return PassRule.isThin(holding, line().waiting().first(), now);
    }

    /** One that has just been made. */
    private Runnable use(Standing asking, Holding holding) {
        return use(asking, holding, Duration.ZERO, holding.since());
    }

    /** @param lengthened for how long it has just been renewed */
    private Runnable use(Standing asking, Holding holding, Duration lengthened, long now) {
        Duration wanted = line().waiting().first().ttl();
        if (!isThin(holding, now) || wanted.compareTo(lengthened) <= 0 || !holding.isBelieved(now)) {
            return take(asking, holding, wanted, now);
        }
        asking.settle();
        return () -> desk().keepAlive()
                .renewNow(
                        holding,
                        wanted,
                        (found, failure) -> line().inside(() -> this.claiming.standing() == asking
                                ? lengthened(asking, holding, wanted, found, failure)
                                : this.claiming.questions().giveBack(asking)));
    }

    private Runnable lengthened(
            Standing asking, Holding holding, Duration ttl, @Nullable Ownership found, @Nullable Throwable failure) {
        if (found == Ownership.OURS) {
            return use(asking, holding, ttl, System.nanoTime());
        }
        holding.end();
        if (found != null) {
            return use(asking, holding, ttl, System.nanoTime());
        }
        // whose time is over has waited for an answer once
        Answer unavailable = new Answer.Unavailable(StoreCalls.trouble(failure));
        Runnable told = line().admitting().refuseThoseOutOfTime(() -> unavailable);
        Runnable again =
                this.claiming.standing() == asking ? use(asking, holding, ttl, System.nanoTime()) : KeyLine.NOTHING;
        return () -> {
            told.run();
            again.run();
        };
    }

    /**
     * A grant that came after its validity is none, and one that nobody takes goes back.
     *
     * @param ttl for which enough is left of it
     */
    private Runnable take(Standing asking, Holding holding, Duration ttl, long now) {
        this.claiming.ended(asking);
        line().hold(holding);
        if (holding.isBelieved(now) && lend(asking, holding, ttl, now)) {
            line().lent(holding, now);
            return line().admitting().refuseBehind(holding);
        }
        line().letGo(holding);
        Runnable back = this.claiming.questions().giveBack(asking);
        Runnable next = line().claimIfNeeded();
        return () -> {
            back.run();
            next.run();
        };
    }

    /** To the first who has not left, if that one may have it: nobody is passed over for somebody behind. */
    private boolean lend(Standing asking, Holding holding, Duration ttl, long now) {
        WaitingRoom waiting = line().waiting();
        while (!waiting.isEmpty() && mayHaveIt(waiting.first(), asking, holding, ttl, now)) {
            if (waiting.lendToFirst(holding, now)) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayHaveIt(Demand next, Standing asking, Holding holding, Duration ttl, long now) {
        return asking.serves(next) && next.ttl().compareTo(ttl) <= 0 && PassRule.endsWith(holding, next, now);
    }
}
