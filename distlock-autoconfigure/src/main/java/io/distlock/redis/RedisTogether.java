package io.distlock.redis;

import io.distlock.driver.Claim;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.SeveralKeysDriver.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.springframework.data.redis.connection.ClusterSlotHashUtil;

/** Several locks in one script, where they lie in one place; one after the other where a proxy will not have it. */
final class RedisTogether {

    /** Locks of one script: other clients of the server wait as long as it runs. */
    static final int MOST = 100;

    /** Locks whose end is asked for at a time, or the last of very many would be answered too late. */
    private static final int MOST_UNDER_WAY = 8 * MOST;

    private static final CompletableFuture<?> NOW = CompletableFuture.completedFuture(null);

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

    /**
     * Of very many, some wait for the answers to those before them, and fail with them.
     *
     * @param alone ends one hold
     */
    List<CompletionStage<Ownership>> release(
            List<Release> releases, Function<Release, CompletionStage<Ownership>> alone) {
        List<LockKey> keys =
                releases.stream().map(release -> release.hold().key()).toList();
        List<CompletableFuture<?>> asked = new ArrayList<>(releases.size());
        List<CompletionStage<Ownership>> answers = new ArrayList<>(releases.size());
        while (answers.size() < releases.size()) {
            int first = answers.size();
            int reach = reach(keys.subList(first, keys.size()));
            List<Release> batch = releases.subList(first, first + reach);
            CompletableFuture<?> turn = first < MOST_UNDER_WAY ? NOW : asked.get(first - MOST_UNDER_WAY);
            if (reach == 1) {
                CompletableFuture<Ownership> answer = turn.thenCompose(before -> alone.apply(batch.get(0)));
                asked.add(answer);
                answers.add(answer);
            } else {
                CompletableFuture<List<Object>> answer = turn.thenCompose(before -> endTogether(batch));
                asked.addAll(Collections.nCopies(reach, answer));
                answers.addAll(eachOf(batch, answer, alone));
            }
        }
        return answers;
    }

    private CompletableFuture<List<Object>> endTogether(List<Release> batch) {
        Arguments arguments = this.scripts.start(Arguments.RELEASE * batch.size());
        batch.forEach(arguments::add);
        List<LockKey> keys = batch.stream().map(release -> release.hold().key()).toList();
        return this.scripts.runTogether(Script.RELEASE_ALL, this.scripts.timeout(), keys, arguments);
    }

    private List<CompletionStage<Ownership>> eachOf(
            List<Release> batch,
            CompletableFuture<List<Object>> answer,
            Function<Release, CompletionStage<Ownership>> alone) {
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
