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
 * @param token readable part of the holder's token: enough to recognise a hold, not enough to release it; {@code shared}
 *     where several hold it
 * @param instance which process holds it; of several, one after the other
 * @param since when it was granted, by the store's clock, of several holders the last; empty for foreign clients
 * @param remaining how long the hold lives unless renewed, of several the longest; empty = for ever
 * @param fencingToken number of the grant; of a hold that threads of one JVM pass on, the first; of several, the last
 * @param metadata what the holder stored with it, among it {@code thread}, the lock's {@code name}, and {@code method} where
 *     one is annotated; of several, see {@code holders}
 * @param waiting instances in line, first comes first; empty where only the holder was asked for
 * @param waitingMetadata what the first caller of each of them stored, in the same order; {@code holds} among it, if it
 *     works under locks already: up to 8 of them as {@code locker/key}, separated by tabs
 * @param holders who shares it, in the order of their grants; empty where one holds it alone, or only that was asked for
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
        List<Map<String, String>> waitingMetadata,
        List<Holder> holders) {

    public LockState {
        metadata = Map.copyOf(metadata);
        waiting = List.copyOf(waiting);
        waitingMetadata = List.copyOf(waitingMetadata);
        holders = List.copyOf(holders);
    }

    /**
     * One of those who share a lock.
     *
     * @param token readable part of its token
     * @param instance which process it is
     * @param since when it was granted, by the store's clock
     * @param remaining how long it holds unless renewed
     * @param fencingToken number of its grant
     * @param metadata what it stored with it; {@code permits} among it, with how many at most it holds, or {@code any}
     */
    public record Holder(
            String token,
            String instance,
            Instant since,
            Duration remaining,
            long fencingToken,
            Map<String, String> metadata) {

        public Holder {
            metadata = Map.copyOf(metadata);
        }
    }
}
