package io.distlock.core;

import io.distlock.LockState;
import io.distlock.driver.Attempt;
import io.distlock.driver.KeyState;
import io.distlock.driver.LockKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Shows to callers what is known of a holder, without what would let them release its hold. */
final class States {

    private States() {}

    static LockState of(LockKey key, Attempt.Busy busy) {
        return state(key, busy.token(), busy.freeIn(), busy.fence(), Map.of(), List.of(), List.of());
    }

    static LockState of(LockKey key, KeyState state) {
        Map<String, String> facts = state.details().map(Details::parse).orElse(Map.of());
        return state(
                key, state.token(), state.remaining(), state.fence(), facts, state.waiting(), state.waitingDetails());
    }

    static LockState of(Instance instance, Holding here) {
        Duration left = Duration.ofNanos(Math.max(0, here.deadline() - System.nanoTime()));
        KeyLease lease = here.lease();
        Thread worker = lease == null ? null : lease.worker();
        Map<String, String> facts = worker == null
                ? Map.of(Details.INSTANCE, instance.readable())
                : Map.of(Details.INSTANCE, instance.readable(), Details.THREAD, worker.getName());
        return state(
                here.hold().key(),
                here.hold().token(),
                Optional.of(left),
                OptionalLong.of(here.fence()),
                facts,
                List.of(),
                List.of());
    }

    private static LockState state(
            LockKey key,
            String token,
            Optional<Duration> remaining,
            OptionalLong fence,
            Map<String, String> facts,
            List<String> waiting,
            List<String> waitingDetails) {
        String readable = RandomTokens.readable(token);
        return new LockState(
                key.key(),
                RandomTokens.shown(token),
                facts.getOrDefault(Details.INSTANCE, readable),
                fence.isPresent()
                        ? Optional.of(Instant.EPOCH.plus(fence.getAsLong(), ChronoUnit.MICROS))
                        : Optional.empty(),
                remaining,
                fence,
                facts,
                waiting.stream().map(Instance::readable).toList(),
                waitingDetails.stream().map(Details::parse).toList());
    }
}
