package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import io.distlock.driver.ReportingDriver;
import io.distlock.driver.StoreReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A lock is held when all stores say so: taken in their order, released in reverse. So it excludes whoever locks at any one
 * of them, which is what moving from one store to another needs.
 */
final class SequenceLockDriver implements ReportingDriver {

    private static final Duration LONGEST_HOLD = Duration.ofMinutes(1);

    private final List<Node> nodes;

    SequenceLockDriver(List<Node> nodes) {
        this.nodes = nodes;
    }

    @Override
    public CompletionStage<Attempt> acquire(Claim claim) {
        return new Ascent(this.nodes, claim).hold();
    }

    @Override
    public CompletionStage<Ownership> release(Release release) {
        return InTurn.ask(InTurn.reversed(this.nodes), node -> release(node, release))
                .thenApply(InTurn::all)
                .thenApply(SequenceLockDriver::together);
    }

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
            int index = i;
            verdicts.add(ownership(node -> asked.get(this.nodes.indexOf(node)).get(index)));
        }
        return verdicts;
    }

    @Override
    public CompletionStage<Ownership> extend(Hold hold, Duration ttl) {
        return Partly.done(ownership(node -> node.ask(store -> store.extend(hold, ttl))));
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
        return InTurn.ask(this.nodes, node -> node.ask(store -> store.adopt(claim)))
                .thenApply(InTurn::all)
                .thenApply(adopted -> adopted.stream().allMatch(Optional::isPresent)
                        ? Optional.of(Verdicts.largest(
                                adopted.stream().flatMap(Optional::stream).toList()))
                        : Optional.empty());
    }

    /** Whoever holds it at any node keeps everybody out: the first one counts. */
    @Override
    public CompletionStage<Optional<KeyState>> inspect(LockKey key) {
        return InTurn.ask(this.nodes, node -> node.ask(store -> store.inspect(key)))
                .thenApply(InTurn::all)
                .thenApply(states -> states.stream().flatMap(Optional::stream).findFirst());
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
