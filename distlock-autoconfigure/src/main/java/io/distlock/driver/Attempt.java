package io.distlock.driver;

import java.time.Duration;
import java.util.List;
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
     * @param details what the holder's claim said of it, where known
     * @param nodes which of several stores are held; none where there is but one
     */
    record Busy(
            Optional<Duration> freeIn, String token, OptionalLong fence, Optional<String> details, List<String> nodes)
            implements Attempt {

        /** Of one store. */
        public Busy(Optional<Duration> freeIn, String token, OptionalLong fence, Optional<String> details) {
            this(freeIn, token, fence, details, List.of());
        }

        /** Of a store that knows nothing more of the holder. */
        public Busy(Optional<Duration> freeIn, String token, OptionalLong fence) {
            this(freeIn, token, fence, Optional.empty());
        }
    }

    /** The attempt was ended before (released, left or undone) and this question came late; nothing was changed. */
    record Ended() implements Attempt {}
}
