package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What this driver was granted and has not released: enough to give it once more to a node that has lost it. */
final class Grants {

    private final ConcurrentMap<String, Grant> byAttempt = new ConcurrentHashMap<>();

    void add(Claim claim, Attempt.Granted fences) {
        this.byAttempt.put(claim.hold().attempt(), new Grant(claim, fences));
    }

    void remove(Hold hold) {
        this.byAttempt.remove(hold.attempt());
    }

    Optional<Grant> of(Hold hold) {
        return Optional.ofNullable(this.byAttempt.get(hold.attempt()));
    }

    /** @param fences found among all nodes */
    record Grant(Claim claim, Attempt.Granted fences) {}
}
