package io.distlock.core;

/**
 * When a hold may go to the next thread of this JVM without asking the store (lock cohorting: Dice, Marathe, Shavit,
 * "Lock cohorting: a general technique for designing NUMA locks", 2012). Bounded, so that other instances get their turn.
 *
 * @param most how often in a row
 * @param longest for how long in a row, in nanoseconds
 */
record PassRule(int most, long longest) {

    static PassRule of(LockerSettings settings) {
        return new PassRule(settings.passMax(), settings.passTime().toNanos());
    }

    /** How many fencing numbers a grant needs so that it may be passed that often. */
    int fences(Demand demand) {
        return demand.common() ? Math.min(this.most, 999) + 1 : 1;
    }

    /** Whether the hold is young and long enough for the next one, and nothing is known of it that threads must not share. */
    boolean allows(Holding holding, Demand last, Demand next, long now) {
        return this.most > 0
                && this.longest > 0
                && last.common()
                && next.common()
                && holding.hasFenceLeft()
                && now - holding.since() < this.longest
                && !holding.isInTrouble()
                && holding.isCertain(now)
                && !holding.isLimited()
                && !isThin(holding, next, now)
                && endsWith(holding, next, now);
    }

    /** Whether so little is left that it must be renewed before use. */
    static boolean isThin(Holding holding, Demand next, long now) {
        return holding.deadline() - now < next.ttl().toNanos() / 3 * 2;
    }

    /** Whether it ends with the ttl of the next one, or is renewed by then: nobody keeps a key for longer than it said. */
    static boolean endsWith(Holding holding, Demand next, long now) {
        return next.autoRenew() || holding.deadline() - now <= next.ttl().toNanos();
    }
}
