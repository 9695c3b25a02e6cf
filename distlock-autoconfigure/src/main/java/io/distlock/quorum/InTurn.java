package io.distlock.quorum;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Asks nodes one after the other, and all of them, whatever one of them says. */
final class InTurn<T> {

    private final List<T> answers = new ArrayList<>();

    private final List<LockDriverException> failures = new ArrayList<>();

    private final List<String> failed = new ArrayList<>();

    private InTurn() {}

    static <T> CompletableFuture<InTurn<T>> ask(List<Node> nodes, Function<Node, CompletionStage<T>> question) {
        CompletableFuture<InTurn<T>> turn = CompletableFuture.completedFuture(new InTurn<>());
        for (Node node : nodes) {
            turn = turn.thenCompose(before -> question.apply(node).handle((answer, failure) -> {
                if (failure == null) {
                    before.answers.add(answer);
                } else {
                    before.failed(node, failure);
                }
                return before;
            }));
        }
        return turn;
    }

    static List<Node> reversed(List<Node> nodes) {
        List<Node> reversed = new ArrayList<>(nodes);
        Collections.reverse(reversed);
        return reversed;
    }

    private void failed(Node node, Throwable failure) {
        LockDriverException known = Node.trouble(failure);
        this.failures.add(node.named(known));
        this.failed.add(node.name() + " (" + known.getMessage() + ")");
    }

    /** What the nodes said that answered. */
    List<T> answers() {
        return this.answers;
    }

    /** All answers, in the order of asking; an exception where one is missing. */
    List<T> all() {
        if (!this.failures.isEmpty()) {
            throw unavailable();
        }
        return this.answers;
    }

    LockDriverException unavailable() {
        int count = this.answers.size() + this.failures.size();
        LockDriverException unavailable = new LockDriverException(
                this.failures.stream().map(LockDriverException::kind).distinct().count() == 1
                        ? this.failures.get(0).kind()
                        : Kind.UNANSWERED,
                this.failures.size() + " of " + count + " nodes gave no answer, and all must: "
                        + this.failed.stream().collect(Collectors.joining("; ")),
                null);
        this.failures.forEach(unavailable::addSuppressed);
        return unavailable;
    }
}
