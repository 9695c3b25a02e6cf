package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What answers, and the lack of them, make of belief. */
class BeliefRulesTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    private static final Duration SHORT = Duration.ofSeconds(5);

    private static final long LATER = Duration.ofSeconds(1).toNanos();

    private final Belief taken = Belief.since(0, LONG);

    private static long end(long sent, Duration ttl) {
        return sent + Validity.of(ttl.toNanos());
    }

    @Test
    void anAnswerLengthensItFromBeforeItsQuestionAndNeverShortensIt() {
        Belief renewed = this.taken.renewed(LATER, LONG, 0);
        assertThat(renewed.deadline()).isEqualTo(end(LATER, LONG));
        assertThat(renewed.renewed(LATER, SHORT, 0)).isEqualTo(renewed);
    }

    @Test
    void aTtlThatIsSetCutsItBeforeAnythingIsSent() {
        assertThat(this.taken.setting(LATER, SHORT).deadline()).isEqualTo(end(LATER, SHORT));
        assertThat(this.taken.setting(LATER, LONG).deadline()).isEqualTo(this.taken.deadline());
    }

    @Test
    void whatWasAskedBeforeItWasCutLengthensNothing() {
        Belief set = this.taken.setting(LATER, SHORT).set(LATER, SHORT, 1);
        assertThat(set.deadline()).isEqualTo(end(LATER, SHORT));
        assertThat(set.renewed(LATER, LONG, 0)).isEqualTo(set);
        assertThat(set.counted(LATER, LONG, 0)).isEqualTo(set);
        assertThat(this.taken.cut(LATER).renewed(LATER, LONG, 0).deadline()).isEqualTo(LATER);
        assertThat(set.renewed(2 * LATER, LONG, 1).deadline()).isEqualTo(end(2 * LATER, LONG));
    }

    @Test
    void whileACommandMayStillArriveNoAnswerIsWorthMoreThanItsTtl() {
        Belief unknown = this.taken.setting(LATER, SHORT);
        assertThat(unknown.isLimited()).isTrue();
        assertThat(unknown.most(LONG)).isEqualTo(SHORT);
        assertThat(unknown.renewed(2 * LATER, LONG, 1).deadline()).isEqualTo(end(2 * LATER, SHORT));
        assertThat(unknown.counted(2 * LATER, LONG, 1).deadline()).isEqualTo(end(2 * LATER, SHORT));
        Belief longer = unknown.setting(2 * LATER, LONG).set(2 * LATER, LONG, 2);
        assertThat(longer.deadline()).isEqualTo(end(2 * LATER, SHORT));
        assertThat(longer.most(LONG)).isEqualTo(SHORT);
    }

    @Test
    void theShortestOfSeveralThatMayArriveCounts() {
        Duration shorter = Duration.ofSeconds(2);
        Belief unknown = this.taken.setting(0, SHORT).setting(0, shorter).setting(0, LONG);
        assertThat(unknown.most(LONG)).isEqualTo(shorter);
        assertThat(unknown.set(0, shorter, 2).most(LONG)).isEqualTo(SHORT);
    }

    @Test
    void oneThatWasExecutedLimitsNothingAnyMore() {
        Belief set = this.taken.setting(LATER, SHORT).set(LATER, SHORT, 1);
        assertThat(set.isLimited()).isFalse();
        assertThat(set.most(LONG)).isEqualTo(LONG);
    }

    @Test
    void oneThatWasNeverExecutedChangesNothing() {
        Belief undone = this.taken.setting(LATER, SHORT).notSet(this.taken, SHORT);
        assertThat(undone.deadline()).isEqualTo(this.taken.deadline());
        assertThat(undone.isLimited()).isFalse();
    }

    @Test
    void anotherThatCutItMeanwhileStillCounts() {
        Belief both = this.taken.setting(LATER, Duration.ofSeconds(2)).setting(LATER, SHORT);
        Belief undone = both.notSet(this.taken, Duration.ofSeconds(2));
        assertThat(undone.deadline()).isEqualTo(both.deadline());
        assertThat(undone.most(LONG)).isEqualTo(SHORT);
    }
}
