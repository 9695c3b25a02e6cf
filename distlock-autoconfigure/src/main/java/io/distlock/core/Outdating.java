package io.distlock.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What makes answers about a hold worth less than they say. For nearly every hold nothing does.
 *
 * @param epoch counts what outdates the answers to questions sent before
 * @param mayBeSet the ttls of commands that are under way, or whose end nobody knows
 */
record Outdating(int epoch, List<Duration> mayBeSet) {

    static final Outdating NOTHING = new Outdating(0, List.of());

    /** Nothing that was asked before says anything any more. */
    Outdating all() {
        return new Outdating(this.epoch + 1, this.mayBeSet);
    }

    Outdating with(Duration ttl) {
        List<Duration> more = new ArrayList<>(this.mayBeSet);
        more.add(ttl);
        return new Outdating(this.epoch + 1, List.copyOf(more));
    }

    Outdating without(Duration ttl) {
        List<Duration> fewer = new ArrayList<>(this.mayBeSet);
        fewer.remove(ttl);
        return new Outdating(this.epoch, List.copyOf(fewer));
    }

    /** How much of that ttl may be believed in at a time. */
    Duration most(Duration ttl) {
        Duration least = ttl;
        for (int i = 0; i < this.mayBeSet.size(); i++) {
            Duration other = this.mayBeSet.get(i);
            least = other.compareTo(least) < 0 ? other : least;
        }
        return least;
    }
}
