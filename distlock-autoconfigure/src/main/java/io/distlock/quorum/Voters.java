package io.distlock.quorum;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.time.Duration;
import java.util.List;

/**
 * Who votes, and by which rules.
 *
 * @param nodes independent stores, an odd number of them
 * @param fencing whether fences must grow over all of them
 * @param rejoinAfter how long a node must have been up to vote; zero = not asked
 */
record Voters(List<Node> nodes, boolean fencing, Duration rejoinAfter) {

    /** A node that has forgotten a hold may vote again only when the hold is over. */
    void refuseLongerThanRejoin(Duration ttl) {
        if (!this.rejoinAfter.isZero() && ttl.compareTo(this.rejoinAfter) > 0) {
            throw new LockDriverException(
                    Kind.MISCONFIGURED,
                    "a ttl of " + ttl + " is longer than 'rejoin-after' (" + this.rejoinAfter
                            + "), after which a node that has forgotten the lock would vote for another. Ask for a shorter ttl,"
                            + " or raise 'rejoin-after'",
                    null);
        }
    }
}
