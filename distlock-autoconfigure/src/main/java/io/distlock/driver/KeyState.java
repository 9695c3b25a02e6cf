package io.distlock.driver;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A key that is held, as the store sees it.
 *
 * @param token of the holder, whole; {@link SharingDriver#SHARED} where it is shared
 * @param remaining empty = for ever; of a shared key, of the holder that holds it longest
 * @param fence first number of the grant, of a shared key of the last one; empty where the holder is a foreign client
 * @param details what the claim said of its holder; empty where the holder is a foreign client, or one of several
 * @param waiting instances in line, as their drivers were told, first comes first
 * @param waitingDetails what their claims said of them, in the same order
 * @param sharers who holds a shared key, in the order of their grants; none where one holds it alone
 */
public record KeyState(
        String token,
        Optional<Duration> remaining,
        OptionalLong fence,
        Optional<String> details,
        List<String> waiting,
        List<String> waitingDetails,
        List<Sharer> sharers) {

    /**
     * One of those who share a key.
     *
     * @param token whole
     * @param remaining how long it holds the key unless renewed
     * @param fence of its grant
     * @param details what its claim said of it
     */
    public record Sharer(String token, Duration remaining, long fence, String details) {}

    /** Of a key that one holds alone. */
    public KeyState(
            String token,
            Optional<Duration> remaining,
            OptionalLong fence,
            Optional<String> details,
            List<String> waiting,
            List<String> waitingDetails) {
        this(token, remaining, fence, details, waiting, waitingDetails, List.of());
    }

    /** Of a store that knows nothing more of those who wait, or of no line. */
    public KeyState(
            String token,
            Optional<Duration> remaining,
            OptionalLong fence,
            Optional<String> details,
            List<String> waiting) {
        this(token, remaining, fence, details, waiting, List.of());
    }
}
