package io.distlock.quorum;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who votes, and by which rules.
 *
 * @param nodes independent stores, an odd number of them
 * @param fencing whether fences must grow over all of them
 * @param rejoinAfter how long a node must have been up to vote; zero = not asked
 */
record Voters(List<Node> nodes, boolean fencing, Duration rejoinAfter) {

    /** A store that is reached under two names would have two votes. */
    void refuseTwins() {
        Map<String, Node> known = new HashMap<>();
        for (Node node : this.nodes) {
            String identity = node.identity();
            Node twin = identity == null ? null : known.put(identity, node);
            if (twin != null) {
                throw new LockDriverException(
                        Kind.MISCONFIGURED,
                        "the nodes " + twin.name() + " and " + node.name()
                                + " are the same server, which would have two votes. Name different ones",
                        null);
            }
        }
    }

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
