package io.distlock.driver;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A store over which one instance can tell another that it ended a hold of the other's by force. */
public interface FreeingDriver extends LineDriver {

    /**
     * As {@link #listen(Consumer)}.
     *
     * @param freed told of holds of this instance that others say they have ended; each by its token
     */
    CompletionStage<Void> listen(Consumer<Grant> grants, Consumer<Hold> freed);

    /**
     * Tells that instance, once: one that does not listen is not told.
     *
     * @param hold that was ended
     * @param instance that had it, as its driver was told
     */
    CompletionStage<Void> tellFreed(Hold hold, String instance);
}
