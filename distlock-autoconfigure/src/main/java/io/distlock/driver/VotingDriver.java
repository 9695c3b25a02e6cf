package io.distlock.driver;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** One store of several that decide together. */
public interface VotingDriver extends LockDriver {

    /**
     * Makes the store ready for what it will be asked.
     *
     * @return a text that tells it from every other store, by whatever name it is reached
     */
    CompletionStage<String> prepare();

    /**
     * As {@link #acquire}, but refused by a store that has not been up for longer than {@code upFor}: it may have forgotten
     * what it granted. Zero = as {@code acquire}.
     */
    CompletionStage<Attempt> vote(Claim claim, Duration upFor);

    /** Gives a hold the fencing numbers that all stores have found for it; later ones are above them. */
    CompletionStage<Ownership> setFences(Hold hold, Attempt.Granted fences);

    /** Ends a hold at once, as {@link #release}; and questions of the same attempt that come later are refused. */
    CompletionStage<Ownership> undo(Hold hold);

    /** Ends a hold at once of which only the token is known, and says which it was: other stores may have to be asked later. */
    CompletionStage<Ended> releaseByToken(Hold hold);

    /**
     * What became of a hold that is known by its token.
     *
     * @param found what was found at the key
     * @param attempt that had the hold; empty where none of ours did, or nothing was ended now
     * @param left how much longer it would have lived
     */
    record Ended(Ownership found, Optional<String> attempt, Duration left) {}
}
