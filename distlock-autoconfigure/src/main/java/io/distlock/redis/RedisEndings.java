package io.distlock.redis;

import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver.Handover;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.VotingDriver.Ended;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Ends holds and claims; the script hands the lock on. */
final class RedisEndings {

    private final LockScripts scripts;

    private final Replication replication;

    RedisEndings(LockScripts scripts, Replication replication) {
        this.scripts = scripts;
        this.replication = replication;
    }

    CompletionStage<Ownership> release(Release release) {
        Arguments arguments = this.scripts.start(Arguments.RELEASE);
        arguments.add(release);
        long losses = losses();
        return end(release.hold(), arguments).thenApply(reply -> known(RedisReplies.ownership(reply.get(0)), losses));
    }

    /** @param losses before it was asked */
    Ownership known(Ownership found, long losses) {
        if (isKnown(found, losses)) {
            return found;
        }
        throw new LockDriverException(
                Kind.UNANSWERED,
                "the connection to Redis was lost while a lock was released, which was then asked for once more:"
                        + " whether the lock had been released by the first time Redis does not know any more",
                null);
    }

    /**
     * A release that is executed twice finds that the lock is not its own any more, unless the record still names it,
     * which is short: a loss is only told by a release that was asked for once.
     */
    private boolean isKnown(Ownership found, long losses) {
        return found == Ownership.OURS || losses() == losses;
    }

    long losses() {
        return this.scripts.link().losses();
    }

    CompletionStage<Ownership> leave(Question question) {
        Arguments arguments = this.scripts.start(Arguments.RELEASE);
        arguments.addLeaving(question);
        return end(question.claim().hold(), arguments).thenApply(reply -> RedisReplies.ownership(reply.get(0)));
    }

    CompletionStage<Handover> releaseAndLine(Release release, Question next) {
        Arguments arguments = this.scripts.start(Arguments.RELEASE + Arguments.QUESTION);
        arguments.add(release);
        arguments.add(next, true, this.scripts.link().isListening());
        long losses = losses();
        CompletionStage<Handover> answer = end(release.hold(), arguments).thenApply(reply -> {
            Ownership found = RedisReplies.ownership(reply.get(0));
            return new Handover(isKnown(found, losses) ? found : null, RedisReplies.attempt(reply.get(1)));
        });
        return this.replication.copied(
                next.claim().hold(), answer, this.scripts.timeout(next.claim().ttl()));
    }

    CompletionStage<Ended> releaseByToken(Hold hold) {
        Arguments arguments = this.scripts.start(Arguments.RELEASE);
        arguments.add(new Release(hold, Duration.ZERO));
        return end(hold, arguments)
                .thenApply(reply -> new Ended(
                        RedisReplies.ownership(reply.get(0)),
                        Optional.ofNullable((String) reply.get(2)),
                        RedisReplies.remaining(reply.get(3)).orElse(Duration.ZERO)));
    }

    private CompletableFuture<List<Object>> end(Hold hold, Arguments arguments) {
        return this.scripts.run(Script.RELEASE, hold.key(), arguments);
    }
}
