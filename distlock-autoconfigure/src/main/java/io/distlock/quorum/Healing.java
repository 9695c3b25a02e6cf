package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.Ownership;
import io.distlock.driver.Renewal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Gives a hold to a node that has not got it, as long as a majority of the others confirms it: one that came back without
 * it, or had voted for somebody who lost. Otherwise one more loss would end it. Never a confirmation itself, so that a hold
 * that is lost stays lost; a single node is therefore never healed.
 */
final class Healing {

    /** About as long as the loser takes to hear that it lost, and to take back; each next pause is four times as long. */
    private static final Duration SOON = Duration.ofMillis(10);

    private final Grants grants;

    private final boolean fencing;

    Healing(Grants grants, boolean fencing) {
        this.grants = grants;
        this.fencing = fencing;
    }

    void heal(Node node, Renewal renewal, Ownership majority) {
        if (majority == Ownership.OURS) {
            this.grants.of(renewal.hold()).ifPresent(grant -> heal(node, grant, renewal.ttl()));
        }
    }

    /**
     * What the node had given to somebody who lost the vote is taken back at once, so the winner need not wait for its first
     * renewal, which would be too late if another node failed before.
     */
    void healSoon(Node node, Hold hold, Duration ttl) {
        healAfter(SOON, node, hold, ttl);
    }

    private void healAfter(Duration pause, Node node, Hold hold, Duration ttl) {
        if (pause.compareTo(ttl.dividedBy(3)) < 0) {
            CompletableFuture.delayedExecutor(pause.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
                    .execute(() -> this.grants
                            .of(hold)
                            .ifPresent(grant -> heal(node, grant, ttl).thenAccept(attempt -> {
                                if (attempt instanceof Attempt.Busy) {
                                    healAfter(pause.multipliedBy(4), node, hold, ttl);
                                }
                            })));
        }
    }

    private CompletionStage<Attempt> heal(Node node, Grants.Grant grant, Duration ttl) {
        Hold hold = grant.claim().hold();
        Claim claim =
                new Claim(hold, ttl, grant.fences().fences(), grant.claim().details());
        CompletionStage<Attempt> given = node.ask(store -> store.acquire(claim));
        given.thenCompose(attempt -> attempt instanceof Attempt.Granted && this.fencing
                        ? node.ask(store -> store.setFences(hold, grant.fences()))
                        : CompletableFuture.completedFuture(Ownership.OURS))
                .whenComplete((found, failure) -> {
                    if (this.grants.of(hold).isEmpty()) {
                        node.leave(hold, System.nanoTime() + ttl.toNanos());
                    }
                });
        return given;
    }
}
