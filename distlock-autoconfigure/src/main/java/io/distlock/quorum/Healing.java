package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.Ownership;
import io.distlock.driver.Renewal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Gives a hold once more to a node that came back without it, as long as a majority of the others still confirms it:
 * otherwise one more loss would end it. Never a confirmation itself, so that a hold that is lost stays lost; a single node
 * is therefore never healed.
 */
final class Healing {

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

    private void heal(Node node, Grants.Grant grant, Duration ttl) {
        Hold hold = grant.claim().hold();
        Claim claim =
                new Claim(hold, ttl, grant.fences().fences(), grant.claim().details());
        node.ask(store -> store.acquire(claim))
                .thenCompose(attempt -> attempt instanceof Attempt.Granted && this.fencing
                        ? node.ask(store -> store.setFences(hold, grant.fences()))
                        : CompletableFuture.completedFuture(Ownership.OURS))
                .whenComplete((found, failure) -> {
                    if (this.grants.of(hold).isEmpty()) {
                        node.leave(hold, System.nanoTime() + ttl.toNanos());
                    }
                });
    }
}
