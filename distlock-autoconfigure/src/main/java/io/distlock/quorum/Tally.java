package io.distlock.quorum;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the nodes have said so far. Not for several threads. */
final class Tally<T> {

    private final Majority majority;

    private final Map<Node, T> answers = new LinkedHashMap<>();

    private final Map<Node, LockDriverException> failures = new LinkedHashMap<>();

    Tally(Majority majority) {
        this.majority = majority;
    }

    void answered(Node node, T answer) {
        this.answers.put(node, answer);
    }

    void failed(Node node, LockDriverException failure) {
        this.failures.put(node, failure);
    }

    Majority majority() {
        return this.majority;
    }

    List<T> answers() {
        return List.copyOf(this.answers.values());
    }

    int count(Predicate<? super T> test) {
        return (int) this.answers.values().stream().filter(test).count();
    }

    List<String> nodesThat(Predicate<? super T> test) {
        return this.answers.entrySet().stream()
                .filter(answer -> test.test(answer.getValue()))
                .map(answer -> answer.getKey().name())
                .toList();
    }

    /** How many are still to be heard. */
    int open() {
        return this.majority.nodes() - this.answers.size() - this.failures.size();
    }

    boolean isMajority(Predicate<? super T> test) {
        return this.majority.isReachedBy(count(test));
    }

    /** Whether it is certain that no majority is of this kind, whatever those say that have not answered. */
    boolean isNoMajority(Predicate<? super T> test) {
        return this.majority.isOutOfReachAfter(this.answers.size() - count(test));
    }

    boolean isSilent() {
        return this.majority.isOutOfReachAfter(this.failures.size());
    }

    /** Why there is no verdict: which nodes did not answer, and what each said. */
    LockDriverException unavailable() {
        String nodes = this.failures.entrySet().stream()
                .map(failure ->
                        failure.getKey().name() + " (" + failure.getValue().getMessage() + ")")
                .collect(Collectors.joining("; "));
        LockDriverException unavailable = new LockDriverException(
                kind(),
                this.failures.size() + " of " + this.majority.nodes() + " nodes gave no answer, and "
                        + this.majority.needed() + " must: " + nodes,
                null);
        this.failures.forEach((node, failure) -> unavailable.addSuppressed(node.named(failure)));
        return unavailable;
    }

    private Kind kind() {
        List<Kind> kinds = this.failures.values().stream()
                .map(LockDriverException::kind)
                .distinct()
                .toList();
        return kinds.size() == 1 ? kinds.get(0) : Kind.UNANSWERED;
    }
}
