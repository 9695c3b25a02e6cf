package io.distlock.driver;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A key that is held, as the store sees it.
 *
 * @param token of the holder, whole
 * @param remaining empty = for ever
 * @param fence first number of the grant; empty where the holder is a foreign client
 * @param details what the claim said of its holder; empty where the holder is a foreign client
 * @param waiting instances in line, as their drivers were told, first comes first
 * @param waitingDetails what their claims said of them, in the same order
 */
public record KeyState(
        String token,
        Optional<Duration> remaining,
        OptionalLong fence,
        Optional<String> details,
        List<String> waiting,
        List<String> waitingDetails) {

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
