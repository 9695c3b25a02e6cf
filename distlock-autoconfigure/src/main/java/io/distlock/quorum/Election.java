package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.Ownership;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * One claim, to a lock or to a hold, put to the vote of all nodes (Redlock: Sanfilippo, "Distributed locks with Redis"). What is not won in time is
 * ended again wherever an answer is missing or positive, and nothing else is: nodes tell this attempt from every other,
 * also from one with the same token.
 */
final class Election {

    private final Voters voters;

    private final Claim claim;

    private final Bid bid;

    private final long start = System.nanoTime();

    private final Map<Node, CompletionStage<Attempt>> votes = new ConcurrentHashMap<>();

    /** Nodes that certainly hold nothing of this attempt. */
    private final Set<Node> clean = ConcurrentHashMap.newKeySet();

    Election(Voters voters, Claim claim, Bid bid) {
        this.voters = voters;
        this.claim = claim;
        this.bid = bid;
    }

    CompletableFuture<Attempt> hold() {
        return Round.askEach(this.voters.nodes(), this::vote, this.bid::verdict, (node, answer) -> {})
                .thenCompose(verdict -> verdict instanceof Attempt.Granted fences
                        ? agree(fences)
                        : CompletableFuture.completedFuture(verdict))
                .whenComplete((attempt, failure) -> {
                    if (!(attempt instanceof Attempt.Granted)) {
                        clearUp();
                    }
                });
    }

    /** @param told of each node that has voted for somebody else, now or later */
    void whereOthersWon(Consumer<Node> told) {
        this.votes.forEach((node, vote) -> vote.thenAccept(own -> {
            if (own instanceof Attempt.Busy) {
                told.accept(node);
            }
        }));
    }

    private CompletionStage<Attempt> vote(Node node) {
        CompletionStage<Attempt> vote = node.askOnceKnown(store -> this.bid.ask(store, this.claim))
                .whenComplete((attempt, failure) -> {
                    if (attempt != null && !(attempt instanceof Attempt.Granted)
                            || failure != null && !mayHaveHappened(failure)) {
                        this.clean.add(node);
                    }
                });
        this.votes.put(node, vote);
        return vote;
    }

    private static boolean mayHaveHappened(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return !(cause instanceof LockDriverException known) || known.mayHaveHappened();
    }

    /**
     * Fences grow over any two majorities only if the largest one was known to a majority before it was used: so it is
     * written back, as a reader does to a replicated register (Attiya, Bar-Noy, Dolev 1995).
     */
    private CompletionStage<Attempt> agree(Attempt.Granted fences) {
        Twins.refuse(this.voters.nodes());
        refuseLate();
        if (!this.voters.fencing()) {
            return CompletableFuture.completedFuture(fences);
        }
        return Round.askEach(
                        this.voters.nodes(), node -> write(node, fences), Verdicts::ownership, (node, answer) -> {})
                .thenApply(found -> {
                    if (found != Ownership.OURS) {
                        throw new LockDriverException(
                                Kind.UNANSWERED, "the vote was won, and lost before it could be used", null);
                    }
                    refuseLate();
                    return fences;
                });
    }

    /**
     * At once, so that whoever asks the node next sees them; and once more where its own vote was overtaken, which brings
     * fences of its own.
     */
    private CompletionStage<Ownership> write(Node node, Attempt.Granted fences) {
        CompletableFuture<Attempt> vote =
                Objects.requireNonNull(this.votes.get(node)).toCompletableFuture();
        if (vote.isDone()) {
            return vote.thenCompose(own -> overwrite(node, own, fences));
        }
        return set(node, fences)
                .thenCompose(found -> found == Ownership.OURS
                        ? CompletableFuture.completedFuture(found)
                        : vote.thenCompose(own -> overwrite(node, own, fences)));
    }

    private CompletionStage<Ownership> overwrite(Node node, Attempt own, Attempt.Granted fences) {
        if (own instanceof Attempt.Granted granted && !granted.equals(fences)) {
            return set(node, fences);
        }
        return CompletableFuture.completedFuture(own instanceof Attempt.Granted ? Ownership.OURS : Ownership.TAKEN);
    }

    private CompletionStage<Ownership> set(Node node, Attempt.Granted fences) {
        return node.ask(store -> store.setFences(this.claim.hold(), fences));
    }

    private void refuseLate() {
        long elapsed = System.nanoTime() - this.start;
        if (Majority.validity(this.claim.ttl(), elapsed) <= 0) {
            throw new LockDriverException(
                    Kind.UNANSWERED,
                    "the vote took " + elapsed / 1_000_000 + " ms, which leaves nothing of a ttl of "
                            + this.claim.ttl(),
                    null);
        }
    }

    private void clearUp() {
        long until = this.start + this.claim.ttl().toNanos();
        for (Node node : this.voters.nodes()) {
            if (!this.clean.contains(node)) {
                node.insist(store -> this.bid.takeBack(store, this.claim.hold()), until);
            }
        }
    }
}
