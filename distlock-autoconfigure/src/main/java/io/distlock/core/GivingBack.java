package io.distlock.core;

import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockDriver;
import io.distlock.driver.Release;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What must be ended in the store, whether it answers now or not: see {@link Undo}. */
final class GivingBack {

    private final Desk desk;

    private final LockDriver driver;

    private final @Nullable LineDriver lines;

    private final Undo undo;

    private final Duration aliveFor;

    /** @param aliveFor how long a member of a line counts as living at most */
    GivingBack(Desk desk, Undo undo, Duration aliveFor) {
        this.desk = desk;
        this.driver = desk.driver();
        this.lines = desk.lines();
        this.undo = undo;
        this.aliveFor = aliveFor;
    }

    void leave(Question question) {
        LineDriver store = this.lines;
        Claim claim = question.claim();
        if (store == null) {
            giveBack(claim.hold(), claim.ttl());
        } else {
            this.undo.untilAnswered(claim.hold().token(), () -> store.leave(question), forgottenAt(claim.ttl()));
        }
    }

    /** @param stored how long it lives in the store at most */
    void giveBack(Hold hold, Duration stored) {
        Release release = new Release(hold, Duration.ZERO);
        this.undo.untilAnswered(hold.token(), () -> this.driver.release(release), forgottenAt(stored));
    }

    /** Of a lease that is over here; for as long as it promised, nobody else may have its key. */
    void giveBack(KeyLease lease) {
        Holding holding = lease.holding();
        Duration stored = this.desk.stored(holding.ttl());
        if (lease.stillToKeep().isZero()) {
            giveBack(holding.hold(), stored);
        } else {
            this.undo.untilAnswered(
                    Undo.NO_LEFTOVER,
                    () -> this.driver.release(new Release(holding.hold(), lease.stillToKeep())),
                    forgottenAt(stored.plus(lease.stillToKeep())));
        }
    }

    /** An adoption whose answer was not heard must not come late, nor keep the hold from who had it. */
    void disown(Claim adopter) {
        this.undo.untilAnswered(Undo.NO_LEFTOVER, () -> this.driver.disown(adopter.hold()), forgottenAt(adopter.ttl()));
    }

    private long forgottenAt(Duration ttl) {
        return System.nanoTime() + ttl.plus(this.aliveFor).toNanos();
    }
}
