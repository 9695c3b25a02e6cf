package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.Ownership;
import io.distlock.driver.VotingDriver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What several stores are asked to agree to, and how each is left as it was if they do not. */
interface Bid {

    CompletionStage<Attempt> ask(VotingDriver store, Claim claim);

    /** As {@link Round} judges: empty = not certain yet. */
    Optional<Attempt> verdict(Tally<Attempt> tally);

    CompletionStage<Ownership> takeBack(VotingDriver store, Hold hold);

    /** A lock that nobody holds. */
    static Bid forLock(Duration upFor) {
        return new Bid() {
            @Override
            public CompletionStage<Attempt> ask(VotingDriver store, Claim claim) {
                return store.vote(claim, upFor);
            }

            @Override
            public Optional<Attempt> verdict(Tally<Attempt> tally) {
                return Verdicts.attempt(tally);
            }

            @Override
            public CompletionStage<Ownership> takeBack(VotingDriver store, Hold hold) {
                return store.undo(hold);
            }
        };
    }

    /** A hold that somebody has; {@code Ended} = not that token's. */
    static Bid forHold() {
        return new Bid() {
            @Override
            public CompletionStage<Attempt> ask(VotingDriver store, Claim claim) {
                return store.adopt(claim)
                        .thenApply(adopted -> adopted.<Attempt>map(own -> own).orElseGet(Attempt.Ended::new));
            }

            @Override
            public Optional<Attempt> verdict(Tally<Attempt> tally) {
                return Verdicts.adopted(tally);
            }

            @Override
            public CompletionStage<Ownership> takeBack(VotingDriver store, Hold hold) {
                return store.disown(hold);
            }
        };
    }
}
