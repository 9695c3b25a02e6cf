package io.distlock.quorum;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One server under two names, which would count twice. */
final class Twins {

    private Twins() {}

    /** Nodes that have not said yet who they are have granted nothing, and are passed over. */
    static void refuse(List<Node> nodes) {
        Map<String, Node> known = new HashMap<>();
        for (Node node : nodes) {
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
}
