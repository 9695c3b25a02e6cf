package io.distlock.driver;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store that keeps a line of those who wait, in the order of their arrival, and hands a released key to the first of
 * them that is alive. The member of a line is one key's line in one JVM; its threads share one place.
 */
public interface LineDriver extends LockDriver {

    /**
     * As {@link #acquire}, but when busy the claim stands in line, or stays there: asked again, it renews its mark "alive
     * until" and keeps its place. A claim with another token takes over the member's place.
     */
    CompletionStage<Attempt> line(Question question);

    /** Many questions at once; one stage each, in the same order. */
    List<CompletionStage<Attempt>> line(List<Question> questions);

    /** As {@link #acquire} with a question that leaves the line if it is busy. */
    CompletionStage<Attempt> lastTry(Question question);

    /** Ends the hold and stands in line with a new claim, in one step. */
    CompletionStage<Handover> releaseAndLine(Release release, Question next);

    /** Leaves the line; a hold granted to this claim meanwhile is ended. Late questions of the same attempt are refused. */
    CompletionStage<Ownership> leave(Question question);

    /**
     * From here on, tells {@code listener} of grants by message, on a thread that must not block. The first call opens
     * what it takes; the stage completes when messages can arrive, or fails when they never will, which costs waiters
     * nothing but time.
     */
    CompletionStage<Void> listen(Consumer<Grant> listener);

    /**
     * @param claim what is asked for
     * @param member whose place it is
     * @param number grows with every question of a claim; a grant by message repeats the last one that arrived
     * @param aliveFor how long the member counts as living after this question
     */
    record Question(Claim claim, String member, long number, Duration aliveFor) {}

    /**
     * A grant by message.
     *
     * @param hold what was granted
     * @param member to whom
     * @param question number of the question that the grant answers
     * @param granted with which fencing numbers
     * @param ttl for how long, from some moment after that question was sent
     */
    record Grant(Hold hold, String member, long question, Attempt.Granted granted, Duration ttl) {}

    /**
     * @param released what was found at the key; null when that is not known, since it may have been asked twice
     * @param next answer to the new claim
     */
    record Handover(@Nullable Ownership released, Attempt next) {}
}
