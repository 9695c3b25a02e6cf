package io.distlock.test;

import io.distlock.LockLost;
import io.distlock.ReleaseOutcome;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A lease as it is remembered. Moments are numbers without a unit that grow in the order in which things happened.
 *
 * @param locker which locker
 * @param name label of the lock
 * @param key what was locked
 * @param fencingToken number of the grant
 * @param thread on which it was granted
 * @param taken moment at which the holder had it
 * @param returned moment at which the holder began to give it back, lost or not; empty as long as it works
 * @param outcome of that; empty until the store has answered
 * @param lost why it was lost; empty for one that was not
 */
public record LeaseRecord(
        String locker,
        String name,
        String key,
        long fencingToken,
        Thread thread,
        long taken,
        OptionalLong returned,
        Optional<ReleaseOutcome> outcome,
        Optional<LockLost.Reason> lost) {

    LeaseRecord returnedAt(long moment) {
        return new LeaseRecord(
                this.locker,
                this.name,
                this.key,
                this.fencingToken,
                this.thread,
                this.taken,
                this.returned.isPresent() ? this.returned : OptionalLong.of(moment),
                this.outcome,
                this.lost);
    }

    LeaseRecord endedAs(ReleaseOutcome found) {
        return new LeaseRecord(
                this.locker,
                this.name,
                this.key,
                this.fencingToken,
                this.thread,
                this.taken,
                this.returned,
                Optional.of(found),
                this.lost);
    }

    LeaseRecord lostBy(LockLost.Reason reason) {
        return new LeaseRecord(
                this.locker,
                this.name,
                this.key,
                this.fencingToken,
                this.thread,
                this.taken,
                this.returned,
                this.outcome,
                Optional.of(reason));
    }

    /** Neither lost nor given back. */
    boolean isUnderWay() {
        return this.lost.isEmpty() && this.returned.isEmpty();
    }

    /** Until then its holder worked. */
    long end() {
        return this.returned.orElse(Long.MAX_VALUE);
    }

    @Override
    public String toString() {
        return "lease " + this.fencingToken + " of '" + this.key + "' (" + this.name + ", locker '" + this.locker
                + "') on thread '" + this.thread.getName() + "' from moment " + this.taken
                + (this.returned.isPresent() ? " to " + this.returned.getAsLong() : " on")
                + this.outcome.map(found -> ", " + found).orElse("")
                + this.lost.map(reason -> ", lost: " + reason).orElse("");
    }
}
