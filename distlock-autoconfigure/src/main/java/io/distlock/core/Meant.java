package io.distlock.core;

import io.distlock.driver.KeyState;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The holder that somebody means who saw its token, perhaps in part.
 *
 * @param token whole
 * @param details what it says of itself
 */
record Meant(String token, Optional<String> details) {

    /**
     * Empty = that holder is gone.
     *
     * @throws IllegalArgumentException for what stands at a shared key, which is nobody's: whoever has come to share it
     *     since would be meant too
     */
    static Optional<Meant> by(String seen, String key, KeyState state) {
        if (!state.sharers().isEmpty() && seen.equals(state.token())) {
            throw new IllegalArgumentException(
                    "Lock '" + key + "' is shared by several, and some may have come since it was"
                            + " looked at: free each of them by the token of its own");
        }
        return holders(state)
                .filter(holder -> seen.equals(holder.token) || seen.equals(RandomTokens.shown(holder.token)))
                .findFirst();
    }

    private static Stream<Meant> holders(KeyState state) {
        return state.sharers().isEmpty()
                ? Stream.of(new Meant(state.token(), state.details()))
                : state.sharers().stream().map(sharer -> new Meant(sharer.token(), Optional.of(sharer.details())));
    }
}
