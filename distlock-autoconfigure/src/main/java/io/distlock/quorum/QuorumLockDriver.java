package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import io.distlock.driver.ReportingDriver;
import io.distlock.driver.StoreReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A lock is held when a majority of independent stores says so. The stores are asked at once and without a line, since a
 * line at each would hand the votes to different callers.
 */
final class QuorumLockDriver implements ReportingDriver {

    /** For how long an attempt of unknown ttl is looked for on a node that is away. */
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(1);

    private final Voters voters;

    private final List<Node> nodes;

    private final Grants grants = new Grants();

    private final Healing healing;

    QuorumLockDriver(Voters voters) {
        this.voters = voters;
        this.nodes = voters.nodes();
        this.healing = new Healing(this.grants, voters.fencing());
    }

    @Override
    public CompletionStage<Attempt> acquire(Claim claim) {
        try {
            this.voters.refuseLongerThanRejoin(claim.ttl());
        } catch (LockDriverException tooLong) {
            return CompletableFuture.failedStage(tooLong);
        }
        return new Election(this.voters, claim).hold().thenApply(attempt -> {
            if (attempt instanceof Attempt.Granted fences) {
                this.grants.add(claim, fences);
            }
            return attempt;
        });
    }

    @Override
    public CompletionStage<Ownership> release(Release release) {
        this.grants.remove(release.hold());
        return Round.askEach(this.nodes, node -> release(node, release), Verdicts::ownership, (node, answer) -> {});
    }

    /** With the attempt known, late questions of it are refused too: it may be on its way to a node that lost it. */
    private static CompletionStage<Ownership> release(Node node, Release release) {
        Hold hold = release.hold();
        if (hold.attempt().equals(Hold.ANY_ATTEMPT) || !release.keepFor().isZero()) {
            return node.ask(store -> store.release(release));
        }
        return node.leave(hold, System.nanoTime() + LONGEST_HOLD.toNanos());
    }

    @Override
    public List<CompletionStage<Ownership>> renew(List<Renewal> renewals) {
        List<List<CompletionStage<Ownership>>> asked = this.nodes.stream()
                .map(node -> node.askEach(store -> store.renew(renewals)))
                .toList();
        List<CompletionStage<Ownership>> verdicts = new ArrayList<>(renewals.size());
        for (int i = 0; i < renewals.size(); i++) {
            verdicts.add(renewed(renewals.get(i), asked, i));
        }
        return verdicts;
    }

    private CompletionStage<Ownership> renewed(
            Renewal renewal, List<List<CompletionStage<Ownership>>> asked, int index) {
        CompletableFuture<Ownership> verdict = new CompletableFuture<>();
        Round.<Ownership, Ownership>askEach(
                        this.nodes,
                        node -> asked.get(this.nodes.indexOf(node)).get(index),
                        Verdicts::ownership,
                        (node, found) -> {
                            if (found == Ownership.GONE) {
                                verdict.thenAccept(all -> this.healing.heal(node, renewal, all));
                            }
                        })
                .whenComplete((found, failure) -> {
                    if (failure == null) {
                        verdict.complete(found);
                    } else {
                        verdict.completeExceptionally(failure);
                    }
                });
        return verdict;
    }

    @Override
    public CompletionStage<Ownership> extend(Hold hold, Duration ttl) {
        try {
            this.voters.refuseLongerThanRejoin(ttl);
        } catch (LockDriverException tooLong) {
            return CompletableFuture.failedStage(tooLong);
        }
        return Partly.done(Round.ask(this.nodes, store -> store.extend(hold, ttl), Verdicts::ownership));
    }

    @Override
    public CompletionStage<Optional<Duration>> ttl(Hold hold) {
        return Round.ask(this.nodes, store -> store.ttl(hold), Verdicts::ttl);
    }

    @Override
    public CompletionStage<Optional<Attempt.Granted>> adopt(Claim claim) {
        return Round.ask(this.nodes, store -> store.adopt(claim), Verdicts::adopted)
                .thenApply(adopted -> {
                    adopted.ifPresent(fences -> this.grants.add(claim, fences));
                    return adopted;
                });
    }

    @Override
    public CompletionStage<Optional<KeyState>> inspect(LockKey key) {
        return Round.ask(this.nodes, store -> store.inspect(key), Verdicts::state);
    }

    @Override
    public CompletionStage<StoreReport> report() {
        return NodesReport.of("a majority", this.nodes);
    }

    @Override
    public void close() {
        this.nodes.forEach(Node::close);
    }
}
