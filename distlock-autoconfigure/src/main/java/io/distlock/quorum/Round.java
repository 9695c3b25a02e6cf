package io.distlock.quorum;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.VotingDriver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One question to all nodes at once. The verdict is given as soon as it is certain, whoever is still silent. */
final class Round<T, V> {

    private final ReentrantLock gate = new ReentrantLock();

    private final Tally<T> tally;

    private final Function<Tally<T>, Optional<V>> judge;

    private final CompletableFuture<V> verdict = new CompletableFuture<>();

    /** @param judge empty = not certain yet; throws what is certain to have failed */
    private Round(Majority majority, Function<Tally<T>, Optional<V>> judge) {
        this.tally = new Tally<>(majority);
        this.judge = judge;
    }

    static <T, V> CompletableFuture<V> ask(
            List<Node> nodes,
            Function<VotingDriver, CompletionStage<T>> question,
            Function<Tally<T>, Optional<V>> judge) {
        return askEach(nodes, node -> node.ask(question), judge, (node, answer) -> {});
    }

    /** @param heard told of every answer, also of those that come after the verdict */
    static <T, V> CompletableFuture<V> askEach(
            List<Node> nodes,
            Function<Node, CompletionStage<T>> question,
            Function<Tally<T>, Optional<V>> judge,
            BiConsumer<Node, T> heard) {
        Round<T, V> round = new Round<>(new Majority(nodes.size()), judge);
        // All are asked before any is heard: what follows a verdict must not reach a node before the question did
        List<CompletionStage<T>> asked = nodes.stream().map(question).toList();
        for (int i = 0; i < asked.size(); i++) {
            Node node = nodes.get(i);
            asked.get(i).whenComplete((answer, failure) -> {
                round.heard(node, answer, failure);
                if (failure == null) {
                    heard.accept(node, answer);
                }
            });
        }
        return round.verdict;
    }

    private void heard(Node node, @Nullable T answer, @Nullable Throwable failure) {
        Optional<V> found = Optional.empty();
        LockDriverException refused = null;
        this.gate.lock();
        try {
            if (this.verdict.isDone()) {
                return;
            }
            if (answer != null) {
                this.tally.answered(node, answer);
            } else {
                this.tally.failed(node, Node.trouble(failure));
            }
            found = this.judge.apply(this.tally);
        } catch (LockDriverException certain) {
            refused = certain;
        } finally {
            this.gate.unlock();
        }
        if (refused != null) {
            this.verdict.completeExceptionally(refused);
        } else {
            found.ifPresent(this.verdict::complete);
        }
    }
}
