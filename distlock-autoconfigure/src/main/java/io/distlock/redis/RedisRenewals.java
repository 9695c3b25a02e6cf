package io.distlock.redis;

import io.distlock.driver.Hold;
import io.distlock.driver.Ownership;
import io.distlock.driver.Renewal;
import io.distlock.driver.RenewalAnswers;
import io.distlock.driver.SharingDriver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Keeps holds alive: many of one server by one script, and each by itself in a cluster or behind a proxy. */
final class RedisRenewals {

    private final RedisLink link;

    private final AtomicBoolean together;

    private final Duration retention;

    private final UnaryOperator<Duration> timeout;

    /**
     * @param together whether keys of several locks may stand in one script; found out here, too
     * @param retention of records
     * @param timeout of a question for such a ttl
     */
    RedisRenewals(RedisLink link, AtomicBoolean together, Duration retention, UnaryOperator<Duration> timeout) {
        this.link = link;
        this.together = together;
        this.retention = retention;
        this.timeout = timeout;
    }

    List<CompletionStage<Ownership>> renew(List<Renewal> renewals) {
        List<CompletableFuture<Ownership>> stages = Stream.generate(CompletableFuture<Ownership>::new)
                .limit(renewals.size())
                .toList();
        renew(renewals, (index, found, failure) -> {
            if (found != null) {
                stages.get(index).complete(found);
            } else {
                stages.get(index).completeExceptionally(failure);
            }
        });
        return List.copyOf(stages);
    }

    void renew(List<Renewal> renewals, RenewalAnswers answers) {
        for (int first = 0; first < renewals.size(); first += RedisLockDriver.BATCH) {
            int end = Math.min(renewals.size(), first + RedisLockDriver.BATCH);
            if (this.together.get()) {
                renewTogether(renewals.subList(first, end), first, answers);
            } else {
                renewEach(renewals.subList(first, end), first, answers);
            }
        }
    }

    private void renewTogether(List<Renewal> batch, int first, RenewalAnswers answers) {
        ask(batch).whenComplete((reply, failure) -> {
            if (reply != null) {
                String found = (String) reply.get(0);
                for (int i = 0; i < batch.size(); i++) {
                    answers.answered(first + i, RedisReplies.renewed(found, i), null);
                }
            } else if (batch.size() > 1 && RedisErrors.isAboutSeveralKeys(failure)) {
                this.together.set(false);
                renewEach(batch, first, answers);
            } else {
                for (int i = 0; i < batch.size(); i++) {
                    answers.answered(first + i, null, failure);
                }
            }
        });
    }

    private void renewEach(List<Renewal> batch, int first, RenewalAnswers answers) {
        for (int i = 0; i < batch.size(); i++) {
            int index = first + i;
            CompletionStage<Ownership> answer =
                    this.link.isCluster() ? renewInSlot(batch.get(i)) : renewAlone(batch.get(i));
            answer.whenComplete((found, failure) -> answers.answered(index, found, failure));
        }
    }

    /** In a cluster, where keys of several slots cannot be named together. */
    private CompletionStage<Ownership> renewInSlot(Renewal renewal) {
        return ask(List.of(renewal))
                .thenApply(RedisRenewals::first)
                .exceptionallyCompose(failure -> RedisErrors.isAboutAMovingSlot(failure)
                        ? renewAlone(renewal)
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<List<Object>> ask(List<Renewal> batch) {
        RenewalCall call = new RenewalCall(batch, Arguments.millis(this.retention));
        return this.link.renew(this.timeout.apply(call.shortestTtl()), call);
    }

    /**
     * By scripts of one key each, which are answered also while a slot is being moved, and by proxies: the lock's decides,
     * that of the record is worth no answer. The lock alone knows no attempt, so the token decides; and where several
     * share it, the record does.
     */
    private CompletionStage<Ownership> renewAlone(Renewal renewal) {
        RedisKeys keys = RedisKeys.of(renewal.hold().key());
        Duration timeout = this.timeout.apply(renewal.ttl());
        Arguments arguments = new Arguments(1 + Arguments.RENEWAL).add(Arguments.millis(this.retention));
        arguments.add(renewal);
        CompletableFuture<List<Object>> renewed =
                this.link.run(Script.RENEW, timeout, new String[] {keys.lock()}, arguments.array());
        this.link.run(Script.KEEP, timeout, new String[] {keys.record()}, new String[] {
            Arguments.millis(longer(renewal.ttl(), this.retention))
        });
        return renewed.thenCompose(reply -> RedisReplies.isShared((String) reply.get(0))
                ? renewSharer(renewal, keys, timeout)
                : CompletableFuture.completedStage(first(reply)));
    }

    /** One of several who share a lock, which may end with the longest of them only. */
    private CompletionStage<Ownership> renewSharer(Renewal renewal, RedisKeys keys, Duration timeout) {
        Hold hold = renewal.hold();
        String ttl = Arguments.millis(renewal.ttl());
        String retention = Arguments.millis(this.retention);
        String[] kept = {retention, hold.token(), hold.attempt(), ttl};
        String[] lengthened = {retention, SharingDriver.SHARED, Hold.ANY_ATTEMPT, ttl};
        return this.link
                .run(Script.KEEP_SHARER, timeout, new String[] {keys.record()}, kept)
                .thenCompose(reply -> RedisReplies.ownership(reply.get(0)) == Ownership.OURS
                        ? this.link
                                .run(Script.RENEW, timeout, new String[] {keys.lock()}, lengthened)
                                .thenApply(RedisRenewals::first)
                        : CompletableFuture.completedFuture(RedisReplies.ownership(reply.get(0))));
    }

    private static Ownership first(List<Object> reply) {
        return RedisReplies.renewed((String) reply.get(0), 0);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
