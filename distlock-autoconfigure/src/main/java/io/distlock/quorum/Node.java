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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One of the stores: asked, told of in the log when it falls silent and when it is back, and cleared up behind. */
final class Node {

    private static final System.Logger LOG = System.getLogger(Node.class.getName());

    private final String name;

    private final String locker;

    private final VotingDriver store;

    private final Leftovers leftovers;

    /** A node may refuse one question and answer the next, each time it is asked: that is told once in a while. */
    private static final long REST = Duration.ofSeconds(10).toNanos();

    private final AtomicBoolean told = new AtomicBoolean();

    private volatile long toldAt = System.nanoTime() - REST;

    private final AtomicBoolean greeting = new AtomicBoolean();

    private volatile @Nullable String identity;

    /** @param name for people, without passwords */
    Node(String name, String locker, VotingDriver store) {
        this.name = name;
        this.locker = locker;
        this.store = store;
        this.leftovers = new Leftovers(this);
    }

    String name() {
        return this.name;
    }

    /** Which store it is, as far as it has said. */
    @Nullable
    String identity() {
        return this.identity;
    }

    <T> CompletionStage<T> ask(Function<VotingDriver, CompletionStage<T>> question) {
        greet();
        return answered(question.apply(this.store));
    }

    /** Several questions at once; one stage each, in the same order. */
    <T> List<CompletionStage<T>> askEach(Function<VotingDriver, List<CompletionStage<T>>> questions) {
        greet();
        return questions.apply(this.store).stream().map(this::answered).toList();
    }

    /** Before the first question, so that its answer is known by the time of the first vote. */
    private void greet() {
        if (this.identity == null && this.greeting.compareAndSet(false, true)) {
            answered(this.store.prepare()).whenComplete((found, failure) -> {
                if (found != null) {
                    this.identity = found;
                }
                this.greeting.set(false);
            });
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

    /** Ends a hold there; what is not answered is tried again until then. */
    CompletionStage<Ownership> leave(Hold hold, long until) {
        return ask(store -> store.undo(hold)).whenComplete((found, failure) -> {
            if (failure != null) {
                this.leftovers.keep(hold, until);
            }
        });
    }

    /** Ends there what may be left of an attempt, now or when the node answers again. */
    void clear(Hold hold, long until) {
        leave(hold, until);
    }

    void close() {
        this.leftovers.close();
        this.store.close();
    }

    private void well() {
        if (this.told.get() && this.told.compareAndSet(true, false)) {
            LOG.log(Level.INFO, "Node " + this.name + " of the locker '" + this.locker + "' answers again");
        }
    }

    private void troubled(LockDriverException trouble) {
        boolean rested = System.nanoTime() - this.toldAt >= REST;
        if (rested && this.told.compareAndSet(false, true)) {
            this.toldAt = System.nanoTime();
            LOG.log(
                    Level.WARNING,
                    "Node " + this.name + " of the locker '" + this.locker + "' cannot take part: "
                            + trouble.getMessage());
        }
    }

    static LockDriverException trouble(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return cause instanceof LockDriverException known
                ? known
                : new LockDriverException(Kind.UNANSWERED, "unexpected: " + cause, cause);
    }
}
