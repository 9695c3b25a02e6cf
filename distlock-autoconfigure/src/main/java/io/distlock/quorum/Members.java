package io.distlock.quorum;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverFactory;
import io.distlock.driver.VotingDriver;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Makes one driver per node, through the factory that makes drivers for Redis. */
final class Members {

    static final String FACTORY = "redis";

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);

    private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(1);

    private final Supplier<List<LockDriverFactory>> factories;

    Members(Supplier<List<LockDriverFactory>> factories) {
        this.factories = factories;
    }

    /** @param rounds how many questions one after the other make one answer */
    List<Node> of(DriverSettings settings, int rounds) {
        List<String> addresses = settings.nodes().addresses();
        check(settings.locker(), addresses);
        LockDriverFactory factory = factory(settings.locker());
        Duration timeout = timeout(settings.commandTimeout(), rounds);
        List<Node> nodes = new ArrayList<>(addresses.size());
        try {
            for (String address : addresses) {
                LockDriver driver = factory.create(settings.forNode(address, timeout));
                if (!(driver instanceof VotingDriver voting)) {
                    driver.close();
                    throw new IllegalArgumentException(
                            "what the factory '" + FACTORY + "' makes cannot be one of several stores");
                }
                nodes.add(new Node(readable(address), settings.locker(), voting));
            }
        } catch (RuntimeException failure) {
            nodes.forEach(Node::close);
            throw failure;
        }
        return nodes;
    }

    /** So long that a busy node is heard, so short that a hung one costs little; whatever the ttl. */
    static Duration timeout(Duration command, int rounds) {
        Duration share = command.dividedBy(rounds);
        if (share.compareTo(SHORTEST_TIMEOUT) < 0) {
            return SHORTEST_TIMEOUT;
        }
        return share.compareTo(LONGEST_TIMEOUT) < 0 ? share : LONGEST_TIMEOUT;
    }

    private static void check(String locker, List<String> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("the locker '" + locker + "' names no nodes, and nothing would ever be"
                    + " granted. Name them below 'nodes'");
        }
        Set<String> known = new HashSet<>();
        for (String address : addresses) {
            if (address.isBlank()) {
                throw new IllegalArgumentException("one of the nodes of the locker '" + locker + "' is blank");
            }
            if (!known.add(readable(address))) {
                throw new IllegalArgumentException(
                        "the locker '" + locker + "' names the node " + readable(address) + " twice");
            }
        }
    }

    private LockDriverFactory factory(String locker) {
        return this.factories.get().stream()
                .filter(factory -> factory.name().equals(FACTORY))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the nodes of the locker '" + locker
                        + "' need the driver 'redis', which is not available: there is no RedisConnectionFactory, or Spring"
                        + " Data Redis is not on the class path"));
    }

    /** Host and port, where it has them: no password. */
    private static String readable(String address) {
        try {
            URI uri = URI.create(address);
            if (uri.getHost() != null) {
                return uri.getHost() + ":" + (uri.getPort() < 0 ? 6379 : uri.getPort());
            }
        } catch (IllegalArgumentException unusual) {
            // shown as it is, but for what may be a password
        }
        return address.replaceFirst("//.*@", "//");
    }
}
