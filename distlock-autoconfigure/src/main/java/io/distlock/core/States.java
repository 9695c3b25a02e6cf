package io.distlock.core;

import io.distlock.LockState;
import io.distlock.driver.Attempt;
import io.distlock.driver.KeyState;
import io.distlock.driver.LockKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Shows to callers what is known of a holder, without what would let them release its hold. */
final class States {

    private States() {}

    static LockState of(LockKey key, Attempt.Busy busy) {
        KeyState state = new KeyState(busy.token(), busy.freeIn(), busy.fence(), busy.details(), List.of());
        if (busy.nodes().isEmpty()) {
            return of(key, state);
        }
        Map<String, String> facts = new LinkedHashMap<>(facts(state));
        facts.put(Details.NODES, String.join(", ", busy.nodes()));
        return state(key, state, facts);
    }

    static LockState of(LockKey key, KeyState state) {
        return state(key, state, facts(state));
    }

    private static Map<String, String> facts(KeyState state) {
        return state.details().map(Details::parse).orElse(Map.of());
    }

    static LockState of(Instance instance, Holding here) {
        Duration left = Duration.ofNanos(Math.max(0, here.deadline() - System.nanoTime()));
        KeyLease lease = here.lease();
        Map<String, String> facts = lease == null
                ? Map.of(Details.INSTANCE, instance.readable())
                : Details.parse(lease.demand().facts());
        KeyState known = new KeyState(
                here.hold().token(), Optional.of(left), OptionalLong.of(here.fence()), Optional.empty(), List.of());
        return state(here.hold().key(), known, facts);
    }

    private static LockState state(LockKey key, KeyState known, Map<String, String> facts) {
        List<LockState.Holder> holders =
                known.sharers().stream().map(States::holder).toList();
        return new LockState(
                key.key(),
                shown(known.token(), facts),
                holders.isEmpty() ? instance(known.token(), facts) : instances(holders),
                known.fence().isPresent() ? Optional.of(since(known.fence().getAsLong())) : Optional.empty(),
                known.remaining(),
                known.fence(),
                facts,
                known.waiting().stream().map(Instance::readable).toList(),
                known.waitingDetails().stream().map(Details::parse).toList(),
                holders);
    }

    /** Whoever locks with distlock says which instance it is; what a stranger wrote is all that is known of it. */
    private static String shown(String token, Map<String, String> facts) {
        return facts.containsKey(Details.INSTANCE) ? RandomTokens.shown(token) : RandomTokens.shownOfStranger(token);
    }

    private static LockState.Holder holder(KeyState.Sharer sharer) {
        Map<String, String> facts = Details.parse(sharer.details());
        return new LockState.Holder(
                RandomTokens.shown(sharer.token()),
                instance(sharer.token(), facts),
                since(sharer.fence()),
                sharer.remaining(),
                sharer.fence(),
                facts);
    }

    private static String instance(String token, Map<String, String> facts) {
        return facts.getOrDefault(Details.INSTANCE, RandomTokens.readable(token));
    }

    private static String instances(List<LockState.Holder> holders) {
        return holders.stream().map(LockState.Holder::instance).distinct().collect(Collectors.joining(", "));
    }

    private static Instant since(long fence) {
        return Instant.EPOCH.plus(fence, ChronoUnit.MICROS);
    }
}
