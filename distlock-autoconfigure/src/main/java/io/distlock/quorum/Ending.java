package io.distlock.quorum;

import io.distlock.driver.Hold;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.VotingDriver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The end of one hold, at each of several nodes. One that does not answer is asked again later, with the attempt: a token
 * alone may have another hold by then. Where only the token is known, the nodes that answer say which attempt it was.
 */
final class Ending {

    private final Release release;

    private final long start = System.nanoTime();

    private final long until;

    /** With its attempt, and how long it would have lived. */
    private final CompletableFuture<Known> known = new CompletableFuture<>();

    /** @param until when the last node will have forgotten the hold by itself, as far as is known */
    Ending(Release release, long until) {
        this.release = release;
        long keptUntil = this.start + release.keepFor().toNanos();
        this.until = keptUntil - until > 0 ? keptUntil : until;
    }

    CompletionStage<Ownership> at(Node node) {
        Hold hold = this.release.hold();
        if (!hold.attempt().equals(Hold.ANY_ATTEMPT)) {
            return node.insist(this::end, this.until);
        }
        return node.ask(store -> store.releaseByToken(hold))
                .whenComplete((ended, failure) -> {
                    if (failure != null) {
                        this.known.thenAccept(known -> node.leave(known.hold, known.until));
                    } else {
                        ended.attempt()
                                .ifPresent(attempt -> this.known.complete(new Known(
                                        new Hold(hold.key(), hold.token(), attempt),
                                        System.nanoTime() + ended.left().toNanos())));
                    }
                })
                .thenApply(VotingDriver.Ended::found);
    }

    /** Late questions of the attempt are refused too: one may be on its way to a node that lost the hold. */
    private CompletionStage<Ownership> end(VotingDriver store) {
        Duration left = this.release.keepFor().minusNanos(System.nanoTime() - this.start);
        return left.isNegative() || left.isZero()
                ? store.undo(this.release.hold())
                : store.release(new Release(this.release.hold(), toFullMillis(left)));
    }

    /** Upwards: nobody may have it sooner. */
    private static Duration toFullMillis(Duration time) {
        return Duration.ofMillis(time.plusNanos(999_999).toMillis());
    }

    private record Known(Hold hold, long until) {}
}
