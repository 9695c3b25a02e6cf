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
 * @param metadata what the holder stored with it, {@code thread} among it
 * @param waiting instances in line, first comes first; empty where only the holder was asked for
 */
public record LockState(
        String key,
        String token,
        String instance,
        Optional<Instant> since,
        Optional<Duration> remaining,
        OptionalLong fencingToken,
        Map<String, String> metadata,
        List<String> waiting) {

    public LockState {
        metadata = Map.copyOf(metadata);
        waiting = List.copyOf(waiting);
    }
}
