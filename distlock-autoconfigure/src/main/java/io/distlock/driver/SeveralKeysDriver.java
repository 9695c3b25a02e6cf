package io.distlock.driver;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** A store that can grant several keys, and free them, in one step. */
public interface SeveralKeysDriver extends LockDriver {

    /** How many of these keys, from the first on, one step can be about; at least one. Asks nothing. */
    int together(List<LockKey> keys);

    /**
     * Claims all keys if each is free and nobody is in line before, or none of them; never stands in line. A refusal leaves
     * nothing behind, also of an earlier call with the same claims.
     */
    CompletionStage<Together> acquireAll(List<Claim> claims);

    /**
     * Ends holds as {@link #release} does, each by itself, in as few steps as their keys allow.
     *
     * @return one stage per release, in the same order: a failure of one says nothing of the others
     */
    List<CompletionStage<Ownership>> releaseAll(List<Release> releases);

    /** What a store answered to several claims at once. */
    sealed interface Together {

        /** @param grants of each claim, in the same order */
        record Granted(List<Attempt.Granted> grants) implements Together {}

        /**
         * @param index of the first claim whose key is not to be had
         * @param busy who holds that key
         */
        record Refused(int index, Attempt.Busy busy) implements Together {}

        /** The store cannot answer for these keys in one step now, and was not changed: each must be asked for alone. */
        record Apart() implements Together {}
    }
}
