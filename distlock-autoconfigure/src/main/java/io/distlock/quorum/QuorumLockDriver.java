package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.DegradableDriver;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import io.distlock.driver.ReportingDriver;
import io.distlock.driver.StartingDriver;
import io.distlock.driver.StoreReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A lock is held when a majority of independent stores says so. The stores are asked at once and without a line, since a
 * line at each would hand the votes to different callers.
 */
final class QuorumLockDriver implements DegradableDriver, StartingDriver, ReportingDriver {

    private final Voters voters;

    private final List<Node> nodes;

    private final Grants grants = new Grants(System::nanoTime);

    private final Healing healing;

    QuorumLockDriver(Voters voters) {
        this.voters = voters;
        this.nodes = voters.nodes();
        this.healing = new Healing(this.grants, voters.fencing());
    }

    @Override
    public CompletionStage<Void> start() {
        return Node.greetAll(this.nodes);
    }

    @Override
    public CompletionStage<Attempt> acquire(Claim claim) {
        return elect(claim, Bid.forLock(this.voters.rejoinAfter()));
    }

    private CompletionStage<Attempt> elect(Claim claim, Bid bid) {
        try {
            this.voters.refuseLongerThanRejoin(claim.ttl());
        } catch (LockDriverException tooLong) {
            return CompletableFuture.failedStage(tooLong);
        }
        Election election = new Election(this.voters, claim, bid);
        return election.hold().thenApply(attempt -> {
            if (attempt instanceof Attempt.Granted fences) {
                this.grants.add(claim, fences);
                election.whereOthersWon(node -> this.healing.healSoon(node, claim.hold(), claim.ttl()));
            }
            return attempt;
        });
    }

    @Override
    public CompletionStage<Ownership> release(Release release) {
        Ending ending = new Ending(release, this.grants.remove(release.hold()));
        return Round.askEach(this.nodes, ending::at, Verdicts::ownership, (node, answer) -> {});
    }

    @Override
    public List<CompletionStage<Ownership>> renew(List<Renewal> renewals) {
        List<List<CompletionStage<Ownership>>> asked = this.nodes.stream()
                .map(node -> node.askEach(renewals.size(), store -> store.renew(renewals)))
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
                        if (found == Ownership.OURS) {
                            this.grants.lengthen(renewal.hold(), renewal.ttl());
                        }
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
        return Partly.done(Round.ask(this.nodes, store -> store.extend(hold, ttl), Verdicts::ownership))
                .thenApply(found -> {
                    if (found == Ownership.OURS) {
                        this.grants.set(hold, ttl);
                    }
                    return found;
                });
    }

    @Override
    public CompletionStage<Optional<Duration>> ttl(Hold hold) {
        return Round.ask(this.nodes, store -> store.ttl(hold), Verdicts::ttl);
    }

    @Override
    public CompletionStage<Optional<Attempt.Granted>> adopt(Claim claim) {
        return elect(claim, Bid.forHold())
                .thenApply(
                        attempt -> attempt instanceof Attempt.Granted fences ? Optional.of(fences) : Optional.empty());
    }

    @Override
    public CompletionStage<Ownership> disown(Hold adopter) {
        long until = this.grants.remove(adopter);
        return Round.askEach(
                this.nodes,
                node -> node.insist(store -> store.disown(adopter), until),
                Verdicts::ownership,
                (node, answer) -> {});
    }

    /** Asked at start, too: so one server under two names is found then. */
    @Override
    public CompletionStage<Optional<KeyState>> inspect(LockKey key) {
        return Round.askEach(
                        this.nodes,
                        node -> node.askOnceKnown(store -> store.inspect(key)),
                        Verdicts::state,
                        (node, answer) -> {})
                .thenApply(state -> {
                    Twins.refuse(this.nodes);
                    return state;
                });
    }

    @Override
    public CompletionStage<Void> probe(LockKey key) {
        return Round.ask(this.nodes, store -> store.probe(key).thenApply(able -> true), Verdicts::able)
                .thenAccept(able -> {});
    }

    @Override
    public Set<String> degradations() {
        return Node.degradations(this.nodes);
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
