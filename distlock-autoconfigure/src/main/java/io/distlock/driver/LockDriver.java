package io.distlock.driver;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What one store is asked. Each call asks once and never waits, sleeps or retries; the stage it returns completes within
 * the command time-out, with the answer or with a {@link LockDriverException}, possibly on the thread that talks to the
 * store: dependents must not block.
 *
 * <p>Every call is harmless when the store executes it twice.
 */
public interface LockDriver extends AutoCloseable {

    /** Claims the key if it is free and nobody is in line before. */
    CompletionStage<Attempt> acquire(Claim claim);

    /** Ends the hold, if it is one; {@code OURS} = it was and is over. */
    CompletionStage<Ownership> release(Release release);

    /**
     * Lengthens holds to their ttl from now; never shortens one. A store of several servers may compare tokens alone, so
     * that it can answer while it moves keys between them.
     *
     * @return one stage per renewal, in the same order: a failure of one says nothing of the others
     */
    List<CompletionStage<Ownership>> renew(List<Renewal> renewals);

    /** The same for very many: a driver that asks for them in few requests need not make a stage for each. */
    default void renew(List<Renewal> renewals, RenewalAnswers answers) {
        List<CompletionStage<Ownership>> stages = renew(renewals);
        for (int i = 0; i < stages.size(); i++) {
            int index = i;
            stages.get(i).whenComplete((found, failure) -> answers.answered(index, found, failure));
        }
    }

    /**
     * Sets the time the hold lives from now, longer or shorter. A failure that says that it did not happen is believed: a
     * store of several servers says so only when none of them can have done it.
     */
    CompletionStage<Ownership> extend(Hold hold, Duration ttl);

    /** How long the hold lives unless renewed; empty = not this token's. */
    CompletionStage<Optional<Duration>> ttl(Hold hold);

    /** Goes on with a hold under a new attempt, with one fencing number; empty = not this token's, or the attempt is over. */
    CompletionStage<Optional<Attempt.Granted>> adopt(Claim claim);

    /**
     * Takes an adoption back that nobody relies on, whether it happened or not: the attempt that had the hold before has it
     * again, for as long as it lives by now, and an adoption that comes late is refused.
     */
    CompletionStage<Ownership> disown(Hold adopter);

    /** Who holds the key and who waits; empty = nobody holds it. */
    CompletionStage<Optional<KeyState>> inspect(LockKey key);

    /**
     * Whether the store would grant a lock now: fails as a claim would where it refuses to write, and otherwise as far as
     * that can be known without taking one. Changes nothing.
     *
     * @param key that nobody locks
     */
    default CompletionStage<Void> probe(LockKey key) {
        return inspect(key).thenAccept(nobody -> {});
    }

    /** Frees what the driver opened itself. Calls after it fail. */
    @Override
    void close();
}
