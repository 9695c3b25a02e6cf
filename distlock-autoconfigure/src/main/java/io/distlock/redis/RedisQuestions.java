package io.distlock.redis;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** Asks for locks, and again while their claims stand in line: many of one server in one script. */
final class RedisQuestions {

    private final LockScripts scripts;

    private final Replication replication;

    private final AtomicBoolean together;

    /** @param together whether keys of several locks may stand in one script; found out here, too */
    RedisQuestions(LockScripts scripts, Replication replication, AtomicBoolean together) {
        this.scripts = scripts;
        this.replication = replication;
        this.together = together;
    }

    CompletionStage<Attempt> acquire(Claim claim) {
        Arguments arguments = this.scripts.start(Arguments.QUESTION);
        arguments.add(claim);
        return ask(question(claim), claim, arguments);
    }

    /** @param stands whether it stands in line if the lock is busy */
    CompletionStage<Attempt> ask(Question question, boolean stands) {
        Arguments arguments = this.scripts.start(Arguments.QUESTION);
        arguments.add(question, stands, isListening());
        return ask(question(question.claim()), question.claim(), arguments);
    }

    CompletionStage<Attempt> vote(Claim claim, Duration upFor) {
        Arguments arguments = this.scripts.start(Arguments.QUESTION + 1);
        arguments.add(claim);
        arguments.add(Long.toString(upFor.plusMillis(999).toSeconds()));
        return ask(Script.VOTE, claim, arguments);
    }

    private CompletionStage<Attempt> ask(Script script, Claim claim, Arguments arguments) {
        Duration timeout = this.scripts.timeout(claim.ttl());
        CompletionStage<Attempt> answer = this.scripts
                .run(script, timeout, claim.key(), arguments)
                .thenApply(reply -> RedisReplies.attempt(reply.get(0)));
        return this.replication.copied(claim.key(), answer, timeout);
    }

    /** To one who would share it, a lock is never as simple as to one who wants it alone. */
    private static Script question(Claim claim) {
        return claim.isShared() ? Script.ACQUIRE_SHARED : Script.ACQUIRE;
    }

    private boolean isListening() {
        return this.scripts.link().isListening();
    }

    List<CompletionStage<Attempt>> ask(List<Question> questions) {
        if (questions.size() == 1 || !this.together.get()) {
            return questions.stream().map(this::askAlone).toList();
        }
        List<CompletionStage<Attempt>> answers = new ArrayList<>(questions.size());
        for (int first = 0; first < questions.size(); first += RedisLockDriver.BATCH) {
            int end = Math.min(questions.size(), first + RedisLockDriver.BATCH);
            answers.addAll(askTogether(questions.subList(first, end)));
        }
        return answers;
    }

    private CompletionStage<Attempt> askAlone(Question question) {
        return ask(question, true);
    }

    private List<CompletionStage<Attempt>> askTogether(List<Question> batch) {
        List<LockKey> keys =
                batch.stream().map(question -> question.claim().key()).toList();
        Arguments arguments = this.scripts.start(Arguments.QUESTION * batch.size());
        batch.forEach(question -> arguments.add(question, true, isListening()));
        CompletableFuture<List<Object>> answer =
                this.scripts.runTogether(question(batch.get(0).claim()), this.scripts.timeout(), keys, arguments);
        List<CompletionStage<Attempt>> answers = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            int index = i;
            Claim claim = batch.get(i).claim();
            CompletionStage<Attempt> own = answer.handle((reply, failure) -> {
                        if (reply != null) {
                            return CompletableFuture.completedStage(RedisReplies.attempt(reply.get(index)));
                        }
                        if (batch.size() > 1 && RedisErrors.isAboutSeveralKeys(failure)) {
                            this.together.set(false);
                            return askAlone(batch.get(index));
                        }
                        return CompletableFuture.<Attempt>failedStage(failure);
                    })
                    .thenCompose(Function.identity());
            answers.add(this.replication.copied(claim.key(), own, this.scripts.timeout(claim.ttl())));
        }
        return answers;
    }
}
