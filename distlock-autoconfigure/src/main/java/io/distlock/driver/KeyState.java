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
 */
public record KeyState(
        String token,
        Optional<Duration> remaining,
        OptionalLong fence,
        Optional<String> details,
        List<String> waiting) {}
