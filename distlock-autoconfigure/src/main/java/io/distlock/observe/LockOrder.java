package io.distlock.observe;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.ReleaseOutcome;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Warns once of each two names whose locks are taken in both orders, one while the other is held: with the right keys at
 * the right moment that is a deadlock. Several keys of one request are always taken in the same order.
 */
public final class LockOrder implements LockListener {

    private static final Log LOGGER = LogFactory.getLog(LockOrder.class);

    private final ThreadHolds holds = new ThreadHolds();

    private final Map<Pair, Example> seen = new ConcurrentHashMap<>();

    private final Set<Pair> warned = ConcurrentHashMap.newKeySet();

    @Override
    public void onAsked(LockEvent event) {
        this.holds.held().stream()
                .filter(held -> !label(held).equals(label(event)))
                .forEach(held -> follows(held, event));
        this.holds.asked(event);
    }

    private void follows(LockEvent held, LockEvent asked) {
        Pair pair = new Pair(label(held), label(asked));
        this.seen.putIfAbsent(pair, new Example(held.keys(), asked.keys()));
        Example opposite = this.seen.get(pair.reversed());
        if (opposite != null && this.warned.add(pair.inOneOrder())) {
            LOGGER.warn("Locks are taken in opposite orders, which may end in a deadlock: '" + pair.second + "' "
                    + asked.keys() + " is asked for while '" + pair.first + "' " + held.keys()
                    + " is held, but before '" + pair.first + "' " + opposite.second + " was asked for while '"
                    + pair.second + "' " + opposite.first
                    + " was held. Take them in one order everywhere, or all at once: LockRequest.of(key, more)");
        }
    }

    private static String label(LockEvent event) {
        return event.locker() + "/" + event.name();
    }

    @Override
    public void onTaken(LockEvent event) {
        this.holds.taken(event);
    }

    @Override
    public void onReleased(LockEvent event, ReleaseOutcome outcome) {
        this.holds.ended(event);
    }

    @Override
    public void onLost(LockEvent event, LockLost lost) {
        this.holds.ended(event);
    }

    private record Pair(String first, String second) {

        Pair reversed() {
            return new Pair(this.second, this.first);
        }

        /** The same for both orders: of two threads that notice at once, one warns. */
        Pair inOneOrder() {
            return this.first.compareTo(this.second) < 0 ? this : reversed();
        }
    }

    private record Example(Set<String> first, Set<String> second) {}
}
