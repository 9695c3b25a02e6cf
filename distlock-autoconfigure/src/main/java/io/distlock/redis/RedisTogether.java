package io.distlock.redis;

import io.distlock.driver.Claim;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.SeveralKeysDriver.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.springframework.data.redis.connection.ClusterSlotHashUtil;

/** Several locks in one script, where they lie in one place; one after the other where a proxy will not have it. */
final class RedisTogether {

    /** Locks of one script: other clients of the server wait as long as it runs. */
    static final int MOST = 100;

    private final LockScripts scripts;

    /** For good, after the first refusal. */
    private volatile boolean refused;

    RedisTogether(LockScripts scripts) {
        this.scripts = scripts;
    }

    /** How many of these, from the first on, one script may name. */
    int reach(List<LockKey> keys) {
        if (this.refused) {
            return 1;
        }
        int most = Math.min(keys.size(), MOST);
        if (!this.scripts.link().isCluster()) {
            return most;
        }
        int slot = slot(keys.get(0));
        int reach = 1;
        while (reach < most && slot(keys.get(reach)) == slot) {
            reach++;
        }
        return reach;
    }

    private static int slot(LockKey key) {
        return ClusterSlotHashUtil.calculateSlot(key.full());
    }

    CompletionStage<Together> acquire(List<Claim> claims, Duration timeout) {
        Arguments arguments = this.scripts.start(Arguments.QUESTION * claims.size());
        claims.forEach(arguments::add);
        List<LockKey> keys = claims.stream().map(Claim::key).toList();
        return this.scripts
                .runTogether(Script.ACQUIRE_ALL, timeout, keys, arguments)
                .thenApply(RedisReplies::together)
                .exceptionallyCompose(failure -> isRefusal(failure)
                        ? CompletableFuture.completedFuture(new Together.Apart())
                        : CompletableFuture.failedFuture(failure));
    }

    /** @param alone ends one hold */
    List<CompletionStage<Ownership>> release(
            List<Release> releases, Function<Release, CompletionStage<Ownership>> alone) {
        List<LockKey> keys =
                releases.stream().map(release -> release.hold().key()).toList();
        List<CompletionStage<Ownership>> answers = new ArrayList<>(releases.size());
        while (answers.size() < releases.size()) {
            int first = answers.size();
            int reach = reach(keys.subList(first, keys.size()));
            List<Release> batch = releases.subList(first, first + reach);
            if (reach == 1) {
                answers.add(alone.apply(batch.get(0)));
            } else {
                answers.addAll(releaseTogether(batch, keys.subList(first, first + reach), alone));
            }
        }
        return answers;
    }

    private List<CompletionStage<Ownership>> releaseTogether(
            List<Release> batch, List<LockKey> keys, Function<Release, CompletionStage<Ownership>> alone) {
        Arguments arguments = this.scripts.start(Arguments.RELEASE * batch.size());
        batch.forEach(arguments::add);
        CompletableFuture<List<Object>> answer =
                this.scripts.runTogether(Script.RELEASE_ALL, this.scripts.timeout(), keys, arguments);
        List<CompletionStage<Ownership>> answers = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            int index = i;
            answers.add(answer.thenApply(reply -> RedisReplies.ended(reply.get(index)))
                    .exceptionallyCompose(failure -> isRefusal(failure)
                            ? alone.apply(batch.get(index))
                            : CompletableFuture.failedFuture(failure)));
        }
        return answers;
    }

    private boolean isRefusal(Throwable failure) {
        if (RedisErrors.isAboutSeveralKeys(failure)) {
            this.refused = true;
            return true;
        }
        return RedisErrors.isAboutAMovingSlot(failure);
    }
}
