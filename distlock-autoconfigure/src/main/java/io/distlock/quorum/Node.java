package io.distlock.quorum;

import io.distlock.driver.Hold;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.Ownership;
import io.distlock.driver.ReportingDriver;
import io.distlock.driver.StoreReport;
import io.distlock.driver.VotingDriver;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One of the stores: asked, told of in the log when it falls silent and when it is back, and asked again for what must not
 * be left behind there.
 */
final class Node {

    private static final System.Logger LOG = System.getLogger(Node.class.getName());

    /** A node may refuse one question and answer the next, each time it is asked: that is told once in a while. */
    private static final long REST = Duration.ofSeconds(10).toNanos();

    private final String name;

    private final String locker;

    private final VotingDriver store;

    private final Leftovers leftovers = new Leftovers();

    private final Backlog backlog = new Backlog();

    private final AtomicBoolean told = new AtomicBoolean();

    private volatile long toldAt = System.nanoTime() - REST;

    private volatile @Nullable String identity;

    /** Why it did not answer the last question; null = it did. */
    private volatile @Nullable String trouble;

    private final AtomicReference<@Nullable CompletableFuture<String>> greeting = new AtomicReference<>();

    /** When it may be asked again who it is. */
    private volatile long greetableAt = System.nanoTime();

    /** @param name for people, without passwords */
    Node(String name, String locker, VotingDriver store) {
        this.name = name;
        this.locker = locker;
        this.store = store;
    }

    String name() {
        return this.name;
    }

    /** Which store it is, if it has said so. */
    @Nullable
    String identity() {
        return this.identity;
    }

    <T> CompletionStage<T> ask(Function<VotingDriver, CompletionStage<T>> question) {
        CompletableFuture<String> greeting = underWay();
        return greeting == null
                ? answered(call(question))
                : this.backlog.add(greeting, false, () -> answered(call(question)));
    }

    /** Asks only when it is known which store it is, so that it has no second vote under another name. */
    <T> CompletionStage<T> askOnceKnown(Function<VotingDriver, CompletionStage<T>> question) {
        return this.identity != null
                ? ask(question)
                : this.backlog.add(greeted(), true, () -> answered(call(question)));
    }

    /** What others may wait for already, who must stay before those who come now. */
    private @Nullable CompletableFuture<String> underWay() {
        CompletableFuture<String> last = this.identity == null ? this.greeting.get() : null;
        return last == null || last.isDone() ? null : last;
    }

    /** Several questions at once; one stage each, in the same order. */
    <T> List<CompletionStage<T>> askEach(int count, Function<VotingDriver, List<CompletionStage<T>>> questions) {
        CompletableFuture<String> greeting = underWay();
        if (greeting != null) {
            CompletionStage<List<CompletionStage<T>>> later = this.backlog.add(
                    greeting, false, () -> CompletableFuture.completedStage(askEach(count, questions)));
            return IntStream.range(0, count)
                    .<CompletionStage<T>>mapToObj(i -> later.thenCompose(answers -> answers.get(i)))
                    .toList();
        }
        try {
            return questions.apply(this.store).stream().map(this::answered).toList();
        } catch (RuntimeException failure) {
            return Collections.nCopies(count, answered(CompletableFuture.failedStage(failure)));
        }
    }

    /** Asks until then, as long as it does not answer; the stage is of the first time. */
    <T> CompletionStage<T> insist(Function<VotingDriver, CompletionStage<T>> question, long until) {
        return ask(question).whenComplete((found, failure) -> {
            if (failure != null) {
                this.leftovers.keep(() -> ask(question), until);
            }
        });
    }

    /** Ends there what may be left of an attempt, now or when the node answers again. */
    CompletionStage<Ownership> leave(Hold hold, long until) {
        return insist(store -> store.undo(hold), until);
    }

    /** Makes it ready, and asks who it is; once, and after a refusal not again at once. */
    CompletionStage<String> greeted() {
        CompletableFuture<String> last = this.greeting.get();
        if (last != null && (!last.isCompletedExceptionally() || System.nanoTime() - this.greetableAt < 0)) {
            return last;
        }
        CompletableFuture<String> next = new CompletableFuture<>();
        if (!this.greeting.compareAndSet(last, next)) {
            return greeted();
        }
        call(VotingDriver::prepare).whenComplete((identity, failure) -> {
            if (failure == null) {
                this.identity = identity;
                well();
                next.complete(identity);
            } else {
                LockDriverException trouble = trouble(failure);
                if (trouble.kind() == Kind.MISCONFIGURED) {
                    this.greetableAt = System.nanoTime() + REST;
                }
                troubled(trouble);
                next.completeExceptionally(trouble);
            }
        });
        return next;
    }

    /** Fails if one of them does not answer. */
    static CompletionStage<Void> greetAll(List<Node> nodes) {
        return CompletableFuture.allOf(
                nodes.stream().map(node -> node.greeted().toCompletableFuture()).toArray(CompletableFuture[]::new));
    }

    private <T> CompletionStage<T> call(Function<VotingDriver, CompletionStage<T>> question) {
        try {
            return question.apply(this.store);
        } catch (RuntimeException failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private <T> CompletionStage<T> answered(CompletionStage<T> answer) {
        return answer.handle((value, failure) -> {
                    if (failure == null) {
                        well();
                        return CompletableFuture.completedFuture(value);
                    }
                    LockDriverException trouble = trouble(failure);
                    troubled(trouble);
                    return CompletableFuture.<T>failedFuture(trouble);
                })
                .thenCompose(Function.identity());
    }

    /** What it says of itself, for its operator. */
    CompletionStage<StoreReport> report() {
        return this.store instanceof ReportingDriver reporting
                ? ask(store -> reporting.report())
                : CompletableFuture.completedStage(new StoreReport(this.name, List.of()));
    }

    void close() {
        this.leftovers.close();
        this.store.close();
    }

    /** Which of them cannot take part, and why. */
    static Set<String> degradations(List<Node> nodes) {
        Set<String> all = new LinkedHashSet<>();
        for (Node node : nodes) {
            String trouble = node.trouble;
            if (trouble != null) {
                all.add("node " + node.name + " cannot take part: " + trouble);
            }
        }
        return all;
    }

    /** One that does not say who it is has no vote, whatever else it answers. */
    private void well() {
        if (this.identity == null) {
            return;
        }
        if (this.trouble != null) {
            this.trouble = null;
        }
        if (this.told.get() && this.told.compareAndSet(true, false)) {
            LOG.log(Level.INFO, "Node " + this.name + " of the locker '" + this.locker + "' answers again");
        }
    }

    private void troubled(LockDriverException trouble) {
        this.trouble = String.valueOf(trouble.getMessage());
        boolean rested = System.nanoTime() - this.toldAt >= REST;
        if (rested && this.told.compareAndSet(false, true)) {
            this.toldAt = System.nanoTime();
            LOG.log(
                    Level.WARNING,
                    "Node " + this.name + " of the locker '" + this.locker + "' cannot take part: "
                            + trouble.getMessage());
        }
    }

    LockDriverException named(LockDriverException trouble) {
        return new LockDriverException(trouble.kind(), "node " + this.name + ": " + trouble.getMessage(), trouble);
    }

    static LockDriverException trouble(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return cause instanceof LockDriverException known
                ? known
                : new LockDriverException(Kind.UNANSWERED, "unexpected: " + cause, cause);
    }
}
