package io.distlock.driver;

import org.jspecify.annotations.Nullable;

/** Hears what became of renewals that were sent together, as the answers come. */
@FunctionalInterface
public interface RenewalAnswers {

    /**
     * Called once for each, possibly on the thread that talks to the store; it must not block.
     *
     * @param index of the renewal among those that were sent
     * @param found null where the store did not answer
     * @param failure why it did not; null where it did
     */
    void answered(int index, @Nullable Ownership found, @Nullable Throwable failure);
}
