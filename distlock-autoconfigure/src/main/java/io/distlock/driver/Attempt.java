package io.distlock.driver;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** What a store answered to a claim. */
public sealed interface Attempt {

    /**
     * The claim holds the key, for its whole ttl from some moment after the question was sent.
     *
     * @param fence first of the reserved fencing numbers
     * @param fences how many are reserved
     */
    record Granted(long fence, int fences) implements Attempt {}

    /**
     * Another token holds the key.
     *
     * @param freeIn when it expires unless renewed; empty = never
     * @param token of the holder, whole
     * @param fence of the holder, where known
     */
    record Busy(Optional<Duration> freeIn, String token, OptionalLong fence) implements Attempt {}

    /** The attempt was ended before (released, left or undone) and this question came late; nothing was changed. */
    record Ended() implements Attempt {}
}
