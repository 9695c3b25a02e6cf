package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.Ownership;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One claim at all nodes in their order, so that no two claims can each hold what the other waits for. The first that does
 * not grant ends it, and those that did are left again in reverse.
 */
final class Ascent {

    private final List<Node> nodes;

    private final Claim claim;

    private final Bid bid;

    private final long start = System.nanoTime();

    private final List<Attempt.Granted> granted = new ArrayList<>();

    Ascent(List<Node> nodes, Claim claim, Bid bid) {
        this.nodes = nodes;
        this.claim = claim;
        this.bid = bid;
    }

    CompletionStage<Attempt> hold() {
        if (this.granted.size() == this.nodes.size()) {
            return agree(Verdicts.largest(this.granted));
        }
        Node next = this.nodes.get(this.granted.size());
        return next.askOnceKnown(store -> this.bid.ask(store, this.claim))
                .handle((attempt, failure) -> failure == null ? answered(next, attempt) : failed(next, failure))
                .thenCompose(stage -> stage);
    }

    private CompletionStage<Attempt> answered(Node node, Attempt attempt) {
        if (attempt instanceof Attempt.Granted own) {
            this.granted.add(own);
            return hold();
        }
        return descend(this.granted.size())
                .thenApply(left -> attempt instanceof Attempt.Busy busy ? at(node, busy) : attempt);
    }

    private static Attempt at(Node node, Attempt.Busy busy) {
        return new Attempt.Busy(busy.freeIn(), busy.token(), busy.fence(), busy.details(), List.of(node.name()));
    }

    private CompletionStage<Attempt> failed(Node node, Throwable failure) {
        LockDriverException named = node.named(Node.trouble(failure));
        return descend(this.granted.size() + 1).thenCompose(left -> CompletableFuture.failedFuture(named));
    }

    /** Whether nodes can be left or not changes nothing about the answer; what could not is tried again later. */
    private CompletionStage<?> descend(int count) {
        long until = this.start + this.claim.ttl().toNanos();
        return InTurn.ask(
                InTurn.reversed(this.nodes.subList(0, count)),
                node -> node.insist(store -> this.bid.takeBack(store, this.claim.hold()), until));
    }

    /** Whichever node a later claim begins at, or ends at, it must find a fence above this one. */
    private CompletionStage<Attempt> agree(Attempt.Granted fences) {
        try {
            Twins.refuse(this.nodes);
        } catch (LockDriverException twins) {
            return descend(this.nodes.size()).thenCompose(left -> CompletableFuture.failedFuture(twins));
        }
        return InTurn.ask(this.nodes, node -> write(node, fences))
                .thenApply(written -> {
                    if (written.all().stream().anyMatch(found -> found != Ownership.OURS)) {
                        throw new LockDriverException(
                                Kind.UNANSWERED, "the lock was lost before it could be used", null);
                    }
                    refuseLate();
                    return (Attempt) fences;
                })
                .exceptionallyCompose(failure -> descend(this.nodes.size())
                        .thenCompose(left -> CompletableFuture.failedFuture(Node.trouble(failure))));
    }

    private CompletionStage<Ownership> write(Node node, Attempt.Granted fences) {
        return this.granted.get(this.nodes.indexOf(node)).equals(fences)
                ? CompletableFuture.completedFuture(Ownership.OURS)
                : node.ask(store -> store.setFences(this.claim.hold(), fences));
    }

    private void refuseLate() {
        long elapsed = System.nanoTime() - this.start;
        if (Majority.validity(this.claim.ttl(), elapsed) <= 0) {
            throw new LockDriverException(
                    Kind.UNANSWERED,
                    "taking all nodes took " + elapsed / 1_000_000 + " ms, which leaves nothing of a ttl of "
                            + this.claim.ttl(),
                    null);
        }
    }
}
