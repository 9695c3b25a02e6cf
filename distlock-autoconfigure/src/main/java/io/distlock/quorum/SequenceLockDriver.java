package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.DegradableDriver;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import io.distlock.driver.ReportingDriver;
import io.distlock.driver.StartingDriver;
import io.distlock.driver.StoreReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A lock is held when all stores say so: taken in their order, released in reverse. So it excludes whoever locks at any one
 * of them, which is what moving from one store to another needs.
 */
final class SequenceLockDriver implements DegradableDriver, StartingDriver, ReportingDriver {

    private final List<Node> nodes;

    private final Grants grants = new Grants(System::nanoTime);

    SequenceLockDriver(List<Node> nodes) {
        this.nodes = nodes;
    }

    @Override
    public CompletionStage<Void> start() {
        return Node.greetAll(this.nodes);
    }

    @Override
    public CompletionStage<Attempt> acquire(Claim claim) {
        return ascend(claim, Bid.forLock(Duration.ZERO));
    }

    private CompletionStage<Attempt> ascend(Claim claim, Bid bid) {
        return new Ascent(this.nodes, claim, bid).hold().thenApply(attempt -> {
            if (attempt instanceof Attempt.Granted fences) {
                this.grants.add(claim, fences);
            }
            return attempt;
        });
    }

    @Override
    public CompletionStage<Ownership> release(Release release) {
        Ending ending = new Ending(release, this.grants.remove(release.hold()));
        return InTurn.ask(InTurn.reversed(this.nodes), ending::at)
                .thenApply(InTurn::all)
                .thenApply(SequenceLockDriver::together);
    }

    @Override
    public List<CompletionStage<Ownership>> renew(List<Renewal> renewals) {
        List<List<CompletionStage<Ownership>>> asked = this.nodes.stream()
                .map(node -> node.askEach(renewals.size(), store -> store.renew(renewals)))
                .toList();
        List<CompletionStage<Ownership>> verdicts = new ArrayList<>(renewals.size());
        for (int i = 0; i < renewals.size(); i++) {
            int index = i;
            Renewal renewal = renewals.get(i);
            verdicts.add(ownership(node -> asked.get(this.nodes.indexOf(node)).get(index))
                    .thenApply(found -> noted(found, () -> this.grants.lengthen(renewal.hold(), renewal.ttl()))));
        }
        return verdicts;
    }

    @Override
    public CompletionStage<Ownership> extend(Hold hold, Duration ttl) {
        return Partly.done(ownership(node -> node.ask(store -> store.extend(hold, ttl))))
                .thenApply(found -> noted(found, () -> this.grants.set(hold, ttl)));
    }

    private static Ownership noted(Ownership found, Runnable note) {
        if (found == Ownership.OURS) {
            note.run();
        }
        return found;
    }

    /** One node that says no is enough; for a yes all are needed. */
    private CompletionStage<Ownership> ownership(Function<Node, CompletionStage<Ownership>> question) {
        return InTurn.ask(this.nodes, question).thenApply(turn -> {
            Ownership found = together(turn.answers());
            return found == Ownership.OURS ? together(turn.all()) : found;
        });
    }

    private static Ownership together(List<Ownership> found) {
        if (found.contains(Ownership.TAKEN)) {
            return Ownership.TAKEN;
        }
        return found.contains(Ownership.GONE) ? Ownership.GONE : Ownership.OURS;
    }

    @Override
    public CompletionStage<Optional<Duration>> ttl(Hold hold) {
        return InTurn.ask(this.nodes, node -> node.ask(store -> store.ttl(hold)))
                .thenApply(InTurn::all)
                .thenApply(ttls -> ttls.stream().allMatch(Optional::isPresent)
                        ? ttls.stream().flatMap(Optional::stream).min(Comparator.naturalOrder())
                        : Optional.empty());
    }

    @Override
    public CompletionStage<Optional<Attempt.Granted>> adopt(Claim claim) {
        return ascend(claim, Bid.forHold())
                .thenApply(
                        attempt -> attempt instanceof Attempt.Granted fences ? Optional.of(fences) : Optional.empty());
    }

    @Override
    public CompletionStage<Ownership> disown(Hold adopter) {
        long until = this.grants.remove(adopter);
        return InTurn.ask(InTurn.reversed(this.nodes), node -> node.insist(store -> store.disown(adopter), until))
                .thenApply(InTurn::all)
                .thenApply(SequenceLockDriver::together);
    }

    /** Whoever holds it at any node keeps everybody out: the first one counts. */
    @Override
    public CompletionStage<Optional<KeyState>> inspect(LockKey key) {
        return InTurn.ask(this.nodes, node -> node.askOnceKnown(store -> store.inspect(key)))
                .thenApply(InTurn::all)
                .thenApply(states -> {
                    Twins.refuse(this.nodes);
                    return states.stream().flatMap(Optional::stream).findFirst();
                });
    }

    @Override
    public CompletionStage<Void> probe(LockKey key) {
        return InTurn.ask(this.nodes, node -> node.ask(store -> store.probe(key).thenApply(able -> true)))
                .thenAccept(InTurn::all);
    }

    @Override
    public Set<String> degradations() {
        return Node.degradations(this.nodes);
    }

    @Override
    public CompletionStage<StoreReport> report() {
        return NodesReport.of("all", this.nodes);
    }

    @Override
    public void close() {
        this.nodes.forEach(Node::close);
    }
}
