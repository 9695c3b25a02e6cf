package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.ReleaseOutcome;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a grant is worth that takes its time, comes twice or to somebody who left, and to whom a hold may go. */
class ClaimingTests {

    private static final LockKey KEY = new LockKey("", "orders");

    private static final Duration DAY = Duration.ofDays(1);

    private static final LockRequest REQUEST = LockRequest.of("orders").waitFor(OneKeyStore.EVER);

    private static final Demand ORDERS = demand(REQUEST, OneKeyStore.EVER);

    private static final Demand OWN = demand(REQUEST.token("mine"), OneKeyStore.EVER);

    private static final Demand SHORT = demand(REQUEST, DAY);

    private static final Demand UNRENEWED = demand(REQUEST.autoRenew(false), DAY);

    private final OneKeyStore store = new OneKeyStore();

    private final Desk holding = this.store.instance("holding");

    private final Desk waiting = this.store.instance("waiting");

    @AfterEach
    void close() {
        this.holding.close();
        this.waiting.close();
    }

    private static Demand demand(LockRequest request, Duration ttl) {
        return Demand.of(
                request,
                Terms.of(request, ttl, LockerSettings.defaults()),
                new Details(new Instance("", ""), Map.of(), null));
    }

    private static CompletableFuture<Answer> ask(Desk desk) {
        return ask(desk, ORDERS);
    }

    private static CompletableFuture<Answer> ask(Desk desk, Demand demand) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        desk.here().enter(KEY.key(), new Waiter(demand, (self, given) -> answer.complete(given)));
        return answer;
    }

    private static KeyLease lease(CompletableFuture<Answer> answer) {
        assertThat(answer).isCompletedWithValueMatching(KeyLease.class::isInstance);
        return (KeyLease) answer.join();
    }

    /** Somebody who waits and will leave. */
    private static Leaver leaver(Desk desk, Demand demand) {
        Waiter waiter = new Waiter(demand, (self, answer) -> {});
        return new Leaver(desk.here().enter(KEY.key(), waiter), waiter);
    }

    private record Leaver(KeyLine line, Waiter waiter) {

        /** Its line has not noticed yet. */
        void leaves() {
            assertThat(this.waiter.answer(new Answer.Left())).isTrue();
        }

        void hasLeft() {
            leaves();
            this.line.admitting().gone(this.waiter);
        }
    }

    private void assertHolds(KeyLease lease) {
        assertThat(lease.isHeld()).isTrue();
        assertThat(this.store.holder()).isEqualTo(lease.holding().hold().token());
    }

    @Test
    void aGrantByMessageIsBelievedFromTheQuestionOnNotFromItsArrival() {
        KeyLease before = lease(ask(this.holding));
        CompletableFuture<Answer> answer = ask(this.waiting);
        long asked = System.nanoTime();
        this.store.delayMessages();
        before.release();
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        assertThat(answer).isNotDone();

        this.store.deliver();
        KeyLease lease = lease(answer);
        long since = System.nanoTime() - asked;
        assertThat(lease.validity().toNanos()).isLessThanOrEqualTo(Validity.of(OneKeyStore.EVER.toNanos()) - since);
    }

    @Test
    void aGrantThatIsNearlyOverIsSaidAnewByTheAnswerUnderWayAndNotRenewed() {
        Duration ttl = Duration.ofMillis(1500);
        KeyLease before = lease(ask(this.holding));
        this.waiting.ticker().close(); // nobody asks again meanwhile
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Waiter waiter = new Waiter(demand(REQUEST, ttl), (self, given) -> answer.complete(given));
        KeyLine line = this.waiting.here().enter(KEY.key(), waiter);
        this.store.delayMessages();
        before.release();
        LockSupport.parkNanos(ttl.dividedBy(5).multipliedBy(2).toNanos());
        CompletableFuture<Void> arrival = this.store.delayLastTries();
        line.admitting().lastCall(waiter);

        this.store.deliver();
        assertThat(answer).isNotDone();
        arrival.complete(null);
        assertThat(lease(answer).validity()).isGreaterThan(ttl.dividedBy(3).multipliedBy(2));
        assertThat(this.store.renewals()).isZero();
    }

    @Test
    void aMessageThatArrivesTwiceGrantsOnce() {
        KeyLease before = lease(ask(this.holding));
        CompletableFuture<Answer> first = ask(this.waiting);
        CompletableFuture<Answer> second = ask(this.waiting);
        this.store.delayMessages();
        before.release();
        this.store.deliver();
        assertThat(first).isDone();
        this.store.deliver();
        assertThat(second).isNotDone();
        assertThat(this.store.holder()).isEqualTo(lease(first).holding().hold().token());
    }

    @Test
    void whoLeavesStandsInLineNoMore() {
        KeyLease before = lease(ask(this.holding));
        leaver(this.waiting, ORDERS).hasLeft();
        assertThat(this.store.isInLine("waiting")).isFalse();
        before.release();
        assertThat(this.store.isEmpty()).isTrue();
    }

    @Test
    void aGrantThatTheAnswerToAReleaseRepeatsWhichWasSentAgainIsKept() {
        Desk resending = this.store.instance("resending", 0, 0);
        try {
            resending.hearing().listen(() -> {});
            KeyLease first = lease(ask(resending));
            CompletableFuture<Answer> next = ask(resending);
            CompletableFuture<Answer> other = ask(this.waiting);
            this.store.loseAnswers();
            first.letGo(resending.ending());
            lease(other).release();
            assertHolds(lease(next));

            this.store.sendAgain();
            assertHolds(lease(next));
            assertThat(first.released(true)).isEqualTo(ReleaseOutcome.RELEASED);
        } finally {
            resending.close();
        }
    }

    @Test
    void whatWasGrantedUnheardToOneThatLeavesGoesToTheNextHere() {
        KeyLease before = lease(ask(this.holding));
        Leaver leaver = leaver(this.waiting, OWN);
        CompletableFuture<Answer> next = ask(this.waiting);
        this.store.delayMessages();
        before.release();
        this.store.loseMessages();
        assertThat(this.store.holder()).isEqualTo("mine");
        leaver.hasLeft();
        assertHolds(lease(next));
    }

    @Test
    void whoTakesOverThePlaceOfOneThatLeavesKeepsItAlsoWithTheSameToken() {
        KeyLease before = lease(ask(this.holding));
        Leaver leaver = leaver(this.waiting, OWN);
        CompletableFuture<Answer> next = ask(this.waiting, demand(REQUEST.token("mine"), OneKeyStore.EVER));
        CompletableFuture<Answer> behind = ask(this.holding);
        leaver.hasLeft();
        before.token(); // not passed on
        before.release();
        assertHolds(lease(next));
        assertThat(behind).isNotDone();
    }

    @Test
    void aQuestionThatDidNotKnowOfTheSubscriptionYetIsAskedAgain() {
        KeyLease before = lease(ask(this.holding));
        this.store.subscribeLate();
        this.waiting.hearing().listen(() -> {});
        CompletableFuture<Answer> next = ask(this.waiting);
        before.release();
        assertHolds(lease(next));
    }

    // what is passed on, and to whom

    @Test
    void aHoldIsPassedOnWithTheNextFenceAndItsTokenIsNoBusinessOfTheFirstAnyMore() {
        KeyLease first = lease(ask(this.holding));
        CompletableFuture<Answer> next = ask(this.holding);
        assertThat(first.release()).isEqualTo(ReleaseOutcome.RELEASED);
        KeyLease second = lease(next);
        assertHolds(second);
        assertThat(second.fencingToken()).isEqualTo(first.fencingToken() + 1);
        assertThatIllegalStateException().isThrownBy(first::token).withMessageContaining("passed on");
    }

    @Test
    void aHoldWhoseTokenWasReadIsNotPassedOn() {
        KeyLease first = lease(ask(this.holding));
        String token = first.token();
        CompletableFuture<Answer> next = ask(this.holding);
        first.release();
        assertHolds(lease(next));
        assertThat(this.store.holder()).isNotEqualTo(token);
        assertThat(first.token()).isEqualTo(token);
    }

    @Test
    void whoBringsATokenAlongWaitsItsTurnAndIsNotOvertaken() {
        KeyLease first = lease(ask(this.holding));
        CompletableFuture<Answer> own = ask(this.holding, OWN);
        CompletableFuture<Answer> last = ask(this.holding);
        first.release();
        KeyLease second = lease(own);
        assertHolds(second);
        assertThat(this.store.holder()).isEqualTo("mine");
        assertThat(last).isNotDone();
        second.release();
        assertHolds(lease(last));
        assertThat(this.store.holder()).isNotEqualTo("mine");
    }

    @Test
    void aHoldIsNotPassedOnPastOneThatHasJustLeftToOneThatMayNotHaveIt() {
        KeyLease first = lease(ask(this.holding));
        Leaver leaver = leaver(this.holding, ORDERS);
        CompletableFuture<Answer> own = ask(this.holding, OWN);
        leaver.leaves();
        assertThat(first.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertHolds(lease(own));
        assertThat(this.store.holder()).isEqualTo("mine");
    }

    @Test
    void aGrantIsNotLentPastOneThatHasJustLeftToOneForWhomTooLittleIsLeft() {
        KeyLease before = lease(ask(this.holding));
        Leaver leaver = leaver(this.waiting, SHORT);
        CompletableFuture<Answer> next = ask(this.waiting);
        this.store.delayMessages();
        before.release();
        leaver.leaves();
        this.store.deliver();
        assertThat(lease(next).validity())
                .isGreaterThan(OneKeyStore.EVER.dividedBy(3).multipliedBy(2));
        assertHolds(lease(next));
    }

    @Test
    void aGrantOfWhichLessThanTwoThirdsIsLeftIsRenewedBeforeUse() {
        KeyLease before = lease(ask(this.holding));
        Leaver leaver = leaver(this.waiting, SHORT);
        CompletableFuture<Answer> next = ask(this.waiting);
        leaver.hasLeft();
        before.release();
        assertThat(this.store.renewals()).isEqualTo(1);
        assertThat(lease(next).validity())
                .isGreaterThan(OneKeyStore.EVER.dividedBy(3).multipliedBy(2));
        assertHolds(lease(next));
    }

    @Test
    void whoseTimeIsOverIsToldWhenARenewalBeforeUseGoesUnansweredAndNotAskedForAgain() {
        KeyLease before = lease(ask(this.holding));
        Leaver leaver = leaver(this.waiting, SHORT);
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Waiter waiter = new Waiter(ORDERS, (self, given) -> answer.complete(given));
        KeyLine line = this.waiting.here().enter(KEY.key(), waiter);
        leaver.hasLeft();
        CompletableFuture<Ownership> renewal = this.store.delayRenewals();
        before.release();
        assertThat(this.store.renewals()).isEqualTo(1);
        line.admitting().lastCall(waiter);
        assertThat(answer).isNotDone();

        LockDriverException silence = new LockDriverException(Kind.UNANSWERED, "made by the test", null);
        renewal.completeExceptionally(silence);
        assertThat(answer).isCompletedWithValue(new Answer.Unavailable(silence));
        assertThat(this.store.isEmpty()).isTrue();
        assertThat(this.waiting.here().locks()).isEmpty();
    }

    @Test
    void whoHasTimeAsksAgainWhenARenewalBeforeUseGoesUnanswered() {
        KeyLease before = lease(ask(this.holding));
        Leaver leaver = leaver(this.waiting, SHORT);
        CompletableFuture<Answer> next = ask(this.waiting);
        leaver.hasLeft();
        CompletableFuture<Ownership> renewal = this.store.delayRenewals();
        before.release();
        assertThat(next).isNotDone();

        renewal.completeExceptionally(new LockDriverException(Kind.UNANSWERED, "made by the test", null));
        assertHolds(lease(next));
    }

    @Test
    void whoDoesNotRenewIsPassedNoHoldThatOutlivesItsOwnTtl() {
        KeyLease first = lease(ask(this.holding));
        CompletableFuture<Answer> next = ask(this.holding, UNRENEWED);
        first.release();
        assertThat(lease(next).validity()).isLessThan(DAY);
        assertHolds(lease(next));
        assertThat(this.store.ttl()).isEqualTo(DAY);
    }

    @Test
    void whoDoesNotRenewIsGrantedNothingThatWasAskedForWithALongerTtl() {
        KeyLease before = lease(ask(this.holding));
        Leaver leaver = leaver(this.waiting, ORDERS);
        CompletableFuture<Answer> next = ask(this.waiting, UNRENEWED);
        CompletableFuture<Answer> behind = ask(this.holding);
        leaver.hasLeft();
        before.token(); // not passed on
        before.release();
        assertThat(lease(next).validity()).isLessThan(DAY);
        assertHolds(lease(next));
        assertThat(this.store.ttl()).isEqualTo(DAY);
        assertThat(behind).isNotDone();
    }

    // the end of a hold

    @Test
    void theKeyOfALeaseThatWasLostIsFreedWhenItsWorkEnds() {
        KeyLease lease = lease(ask(this.holding));
        KeyLine line = lease.holding().line();
        line.lost(lease.holding(), LockLost.Reason.EXPIRED);
        assertThat(lease.isHeld()).isFalse();
        assertThat(this.store.isEmpty()).isFalse();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.EXPIRED);
        assertThat(this.store.isEmpty()).isTrue();
    }
}
