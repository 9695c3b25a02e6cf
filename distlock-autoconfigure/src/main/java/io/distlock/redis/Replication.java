package io.distlock.redis;

import io.distlock.driver.Attempt;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver.Grant;
import io.distlock.driver.LineDriver.Handover;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.LockKey;
import io.distlock.driver.SeveralKeysDriver.Together;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Lets no grant pass that too few replicas have. What is short of it fails as what may have happened does, so whoever asked
 * for it undoes it.
 */
final class Replication {

    private final RedisLink link;

    private final int replicas;

    Replication(RedisLink link, int replicas) {
        this.link = link;
        this.replicas = replicas;
    }

    CompletionStage<Attempt> copied(LockKey key, CompletionStage<Attempt> answer, Duration timeout) {
        return this.replicas == 0
                ? answer
                : answer.thenCompose(attempt -> attempt instanceof Attempt.Granted
                        ? copied(key, timeout).thenApply(copied -> attempt)
                        : CompletableFuture.completedStage(attempt));
    }

    /** Of keys that one server has granted in one step, where a write to one is behind those of all. */
    CompletionStage<Together> together(LockKey any, CompletionStage<Together> answer, Duration timeout) {
        return this.replicas == 0
                ? answer
                : answer.thenCompose(together -> together instanceof Together.Granted
                        ? copied(any, timeout).thenApply(copied -> together)
                        : CompletableFuture.completedStage(together));
    }

    /** Completes when they have it. */
    private CompletionStage<Void> copied(LockKey key, Duration timeout) {
        return this.link
                .copies(RedisKeys.of(key).record(), this.replicas, timeout)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(unknown(failure)))
                .thenAccept(copies -> {
                    if (copies < this.replicas) {
                        throw new LockDriverException(
                                Kind.UNANSWERED,
                                "the lock was granted, but after " + timeout.toMillis() + " ms only " + copies + " of "
                                        + this.replicas
                                        + " replicas had it, which 'wait-for-replica' asks for. Check the replicas of Redis"
                                        + " and their links, or ask for fewer",
                                null);
                    }
                });
    }

    private LockDriverException unknown(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return new LockDriverException(
                Kind.UNANSWERED,
                "the lock was granted, but it is not known whether " + this.replicas
                        + " replicas have it, which 'wait-for-replica' asks for: " + cause.getMessage(),
                cause);
    }

    /** The release has happened; a grant that came with it is not told before it is copied: the next question finds it. */
    CompletionStage<Handover> copied(Hold next, CompletionStage<Handover> answer, Duration timeout) {
        Attempt untold = new Attempt.Busy(Optional.empty(), next.token(), OptionalLong.empty());
        return this.replicas == 0
                ? answer
                : answer.thenCompose(both -> both.next() instanceof Attempt.Granted
                        ? copied(next.key(), timeout)
                                .thenApply(copied -> both)
                                .exceptionally(failure -> new Handover(both.released(), untold))
                        : CompletableFuture.completedStage(both));
    }

    /** A grant by message that is not copied in time is kept back: the waiter's next question finds it, or is told why not. */
    Consumer<Grant> copied(Consumer<Grant> listener, Duration timeout) {
        return this.replicas == 0
                ? listener
                : grant -> copied(grant.hold().key(), timeout).thenAccept(copied -> listener.accept(grant));
    }
}
