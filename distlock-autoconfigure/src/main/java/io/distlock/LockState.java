package io.distlock;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the store says of a key that is held. Whatever a client that is not distlock wrote is shown as it is.
 *
 * @param key what is locked
 * @param token readable part of the holder's token: enough to recognise a hold, not enough to release it
 * @param instance which process holds it
 * @param since when it was granted, by the store's clock; empty for foreign clients
 * @param remaining how long the hold lives unless renewed; empty = for ever
 * @param fencingToken number of the grant; of a hold that threads of one JVM pass on, the first
 * @param metadata what the holder stored with it, {@code thread} and the lock's {@code name} among it
 * @param waiting instances in line, first comes first; empty where only the holder was asked for
 * @param waitingMetadata what the first caller of each of them stored, in the same order; {@code holds} among it, if it
 *     works under locks already: up to 8 of them as {@code locker/key}, separated by tabs
 */
public record LockState(
        String key,
        String token,
        String instance,
        Optional<Instant> since,
        Optional<Duration> remaining,
        OptionalLong fencingToken,
        Map<String, String> metadata,
        List<String> waiting,
        List<Map<String, String>> waitingMetadata) {

    public LockState {
        metadata = Map.copyOf(metadata);
        waiting = List.copyOf(waiting);
        waitingMetadata = List.copyOf(waitingMetadata);
    }
}
