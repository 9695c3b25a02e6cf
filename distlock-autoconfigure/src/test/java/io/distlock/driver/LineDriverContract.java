package io.distlock.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.WaitingTest;
import io.distlock.driver.Attempt.Busy;
import io.distlock.driver.Attempt.Ended;
import io.distlock.driver.Attempt.Granted;
import io.distlock.driver.LineDriver.Grant;
import io.distlock.driver.LineDriver.Handover;
import io.distlock.driver.LineDriver.Question;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** What a store must do beyond {@link LockDriverContract} to keep a line of those who wait. */
public abstract class LineDriverContract extends LockDriverContract {

    /** An alive mark that no test outlives. */
    private static final Duration ALIVE = Duration.ofMinutes(1);

    private static final AtomicLong NUMBERS = new AtomicLong();

    @Override
    protected abstract LineDriver create(DriverSettings settings);

    @Override
    protected final LineDriver driver() {
        return (LineDriver) super.driver();
    }

    @Override
    protected final LineDriver newDriver(String instance) {
        return (LineDriver) super.newDriver(instance);
    }

    // standing in line

    @WaitingTest
    void aFreeKeyIsGrantedAtOnce() {
        Question question = question("A", claim("a"));
        assertThat(line(question)).isInstanceOf(Granted.class);
        assertHeldBy(question.claim());
        assertLine();
    }

    @WaitingTest
    void whoFindsTheKeyBusyIsToldWhoHoldsItAndStandsInLine() {
        Claim holder = new Claim(hold("holder"), LONG, 1, "the holder's\ndetails");
        long fence = granted(holder).fence();
        assertThat(line(question("A", claim("a")))).isInstanceOfSatisfying(Busy.class, busy -> {
            assertThat(busy.details()).contains("the holder's\ndetails");
            assertThat(busy.token()).isEqualTo("holder");
            assertThat(busy.fence()).hasValue(fence);
            assertThat(busy.freeIn()).isPresent();
        });
        assertLine("A");
    }

    @WaitingTest
    void aLookAtAKeyShowsWhichInstancesStandInLine() {
        granted(claim("holder"));
        for (String instance : List.of("first", "second", "third")) {
            answer(newDriver(instance).line(question(instance + "'s", claim(instance))));
        }
        assertThat(inspect().waiting())
                .satisfiesExactly(
                        one -> assertThat(one).startsWith("first-"),
                        two -> assertThat(two).startsWith("second-"),
                        three -> assertThat(three).startsWith("third-"));
    }

    @WaitingTest
    void theLineIsServedInOrderOfArrival() {
        Claim holder = claim("holder");
        granted(holder);
        List<Question> questions = IntStream.range(0, 5)
                .mapToObj(i -> question("member-" + (9 - i), claim("token-" + i)))
                .toList();
        questions.forEach(this::standing);
        assertLine(questions.stream().map(Question::member).toArray(String[]::new));
        long fence = inspect().fence().orElseThrow();
        Claim last = holder;
        for (Question question : questions) {
            assertThat(release(last)).isEqualTo(Ownership.OURS);
            assertHeldBy(question.claim());
            assertThat(inspect().fence().orElseThrow()).isGreaterThan(fence);
            fence = inspect().fence().orElseThrow();
            last = question.claim();
        }
        assertLine();
        release(last);
        assertFree();
    }

    @WaitingTest
    void askingAgainKeepsThePlace() {
        Claim holder = claim("holder");
        granted(holder);
        Question first = standing(question("A", claim("a")));
        standing(question("B", claim("b")));
        standing(again(first));
        assertLine("A", "B");
        release(holder);
        assertHeldBy(first.claim());
    }

    @WaitingTest
    void anotherTokenTakesOverThePlaceOfItsMember() {
        Claim holder = claim("holder");
        granted(holder);
        standing(question("A", claim("a1")));
        standing(question("B", claim("b")));
        Question next = standing(question("A", claim("a2")));
        assertLine("A", "B");
        release(holder);
        assertHeldBy(next.claim());
    }

    @WaitingTest
    void aHandedOnKeyIsFoundByAskingAgain() {
        Claim holder = claim("holder");
        granted(holder);
        Question waiter = standing(question("A", new Claim(hold("a"), LONG, 5, "a's details")));
        release(holder);
        KeyState state = inspect();
        assertThat(state.token()).isEqualTo("a");
        assertThat(state.details()).contains("a's details");
        assertThat(state.waiting()).isEmpty();
        Attempt found = line(again(waiter));
        assertThat(found).isEqualTo(new Granted(state.fence().orElseThrow(), 5));
        assertThat(line(again(waiter))).isEqualTo(found);
        assertThat(release(waiter.claim())).isEqualTo(Ownership.OURS);
        assertFree();
    }

    @WaitingTest
    void aHandedOnKeyIsHeldForTheTtlOfItsNewHolder() {
        Claim holder = claim("holder");
        granted(holder);
        Question waiter = standing(question("A", new Claim(hold("a"), Duration.ofMinutes(3), 1, "")));
        release(holder);
        assertTtlIsAbout(Duration.ofMinutes(3), waiter.claim());
    }

    @WaitingTest
    void askingAgainHoldsAHandedOnKeyForItsWholeTtlFromThen() {
        Claim holder = claim("holder");
        granted(holder);
        Question waiter = standing(question("A", new Claim(hold("a"), Duration.ofSeconds(3), 1, "")));
        release(holder);
        elapse(Duration.ofMillis(1800));
        assertThat(line(again(waiter))).isInstanceOf(Granted.class);
        elapse(Duration.ofMillis(1800));
        assertHeldBy(waiter.claim());
    }

    @WaitingTest
    void fencesOfAHandedOnKeyAreAboveThoseUsedBefore() {
        Claim holder = new Claim(hold("holder"), LONG, 1_000_000, "");
        long fence = granted(holder).fence();
        standing(question("A", new Claim(hold("a"), LONG, 1_000_000, "")));
        standing(question("B", claim("b")));
        answer(driver().release(new Release(holder.hold(), Duration.ZERO)));
        long second = inspect().fence().orElseThrow();
        assertThat(second).isGreaterThanOrEqualTo(fence + 1_000_000);
        release(Hold.byToken(this.key, "a"));
        assertThat(inspect().fence().orElseThrow()).isGreaterThan(second);
    }

    @WaitingTest
    void aReleaseByTokenHandsTheKeyOn() {
        granted(claim("holder"));
        Question waiter = standing(question("A", claim("a")));
        assertThat(release(Hold.byToken(this.key, "holder"))).isEqualTo(Ownership.OURS);
        assertHeldBy(waiter.claim());
    }

    @WaitingTest
    void aResentReleaseDoesNotTakeTheKeyFromWhomItWasHandedTo() {
        Claim holder = claim("holder");
        granted(holder);
        Question waiter = standing(question("A", claim("a")));
        standing(question("B", claim("b")));
        release(holder);
        assertThat(release(holder)).isEqualTo(Ownership.OURS);
        assertHeldBy(waiter.claim());
        assertLine("B");
    }

    @WaitingTest
    void aReleaseByAStrangerDoesNotMoveTheLine() {
        Claim holder = claim("holder");
        granted(holder);
        standing(question("A", claim("a")));
        assertThat(release(claim("stranger"))).isEqualTo(Ownership.TAKEN);
        assertHeldBy(holder);
        assertLine("A");
    }

    @WaitingTest
    void nobodyGetsAKeyThatIsKeptUntilThatTimeIsOver() {
        Claim holder = claim("holder");
        granted(holder);
        Question waiter = standing(question("A", claim("a")));
        Duration keepFor = Duration.ofSeconds(2);
        answer(driver().release(new Release(holder.hold(), keepFor)));
        standing(again(waiter));
        assertLine("A");
        elapse(keepFor);
        assertThat(line(again(waiter))).isInstanceOf(Granted.class);
    }

    @WaitingTest
    void manyQuestionsAreAnsweredInOrder() {
        LockKey freeKey = new LockKey(this.prefix, "free");
        granted(claim("holder"));
        List<CompletionStage<Attempt>> answers = driver().line(List.of(
                question("A", claim("a")),
                question("F", new Claim(hold(freeKey, "f"), LONG, 3, "")),
                question("B", claim("b"))));
        assertThat(answers).hasSize(3);
        assertThat(answer(answers.get(0))).isInstanceOf(Busy.class);
        assertThat(answer(answers.get(1)))
                .isInstanceOfSatisfying(
                        Granted.class, granted -> assertThat(granted.fences()).isEqualTo(3));
        assertThat(answer(answers.get(2))).isInstanceOf(Busy.class);
        assertLine("A", "B");
    }

    @WaitingTest
    void aHundredAndMoreQuestionsAtOnceAreAllAnswered() {
        List<Question> questions = IntStream.range(0, 250)
                .mapToObj(i -> question("m", new Claim(hold(new LockKey(this.prefix, "many:" + i), "t"), LONG, 1, "")))
                .toList();
        List<CompletionStage<Attempt>> answers = driver().line(questions);
        assertThat(answers).hasSameSizeAs(questions);
        assertThat(answers.stream().map(LockDriverContract::answer)).allMatch(Granted.class::isInstance);
        assertThat(driver().line(List.of())).isEmpty();
    }

    // those who do not stand in line

    @WaitingTest
    void aTryDoesNotStandInLine() {
        granted(claim("holder"));
        busy(claim("a"));
        assertLine();
    }

    @WaitingTest
    void aTryDoesNotOvertakeTheLine() {
        Claim holder = claim("holder");
        granted(holder);
        Question waiter = standing(question("A", claim("a")));
        expire(holder);
        assertThat(busy(claim("hasty")).token()).isEqualTo("a");
        assertThat(line(again(waiter))).isInstanceOf(Granted.class);
    }

    @WaitingTest
    void whoeverAsksMovesTheLineOnWhenTheHolderHasExpired() {
        Claim holder = claim("holder");
        granted(holder);
        Question first = standing(question("A", claim("a")));
        expire(holder);
        assertThat(line(question("B", claim("b"))))
                .isInstanceOfSatisfying(
                        Busy.class, busy -> assertThat(busy.token()).isEqualTo("a"));
        assertHeldBy(first.claim());
        assertLine("B");
    }

    @WaitingTest
    void aReleaseThatComesTooLateMovesTheLineOn() {
        Claim late = claim("late");
        granted(late);
        Question waiter = standing(question("A", claim("a")));
        expire(late);
        assertThat(release(late)).isEqualTo(Ownership.GONE);
        assertHeldBy(waiter.claim());
    }

    @WaitingTest
    void aLastTryLeavesTheLineWhenBusy() {
        granted(claim("holder"));
        Question first = standing(question("A", claim("a")));
        standing(question("B", claim("b")));
        assertThat(lastTry(again(first))).isInstanceOf(Busy.class);
        assertLine("B");
    }

    @WaitingTest
    void aLastTryTakesAFreeKeyWhenItIsFirst() {
        Claim holder = claim("holder");
        granted(holder);
        Question waiter = standing(question("A", claim("a")));
        standing(question("B", claim("b")));
        expire(holder);
        assertThat(lastTry(again(waiter))).isInstanceOf(Granted.class);
        assertHeldBy(waiter.claim());
        assertLine("B");
    }

    @WaitingTest
    void aLastTryFindsWhatWasHandedOnMeanwhile() {
        Claim holder = claim("holder");
        granted(holder);
        Question waiter = standing(question("A", claim("a")));
        release(holder);
        assertThat(lastTry(again(waiter))).isInstanceOf(Granted.class);
        assertHeldBy(waiter.claim());
    }

    @WaitingTest
    void aLastTryOfAnEarlierClaimLeavesTheLaterOneInItsPlace() {
        Claim holder = claim("holder");
        granted(holder);
        Question earlier = standing(question("A", claim("a1")));
        Question later = standing(question("A", claim("a2")));
        assertThat(lastTry(earlier)).isInstanceOf(Busy.class);
        assertLine("A");
        release(holder);
        assertHeldBy(later.claim());
    }

    // leaving

    @WaitingTest
    void whoLeavesIsPassedOver() {
        Claim holder = claim("holder");
        granted(holder);
        Question first = standing(question("A", claim("a")));
        Question second = standing(question("B", claim("b")));
        assertThat(leave(first)).isEqualTo(Ownership.TAKEN);
        assertLine("B");
        release(holder);
        assertHeldBy(second.claim());
    }

    @WaitingTest
    void whoLeavesWhenTheKeyWasGrantedGivesItBack() {
        Claim holder = claim("holder");
        granted(holder);
        Question first = standing(question("A", claim("a")));
        Question second = standing(question("B", claim("b")));
        release(holder);
        assertThat(leave(first)).isEqualTo(Ownership.OURS);
        assertHeldBy(second.claim());
        assertThat(leave(first)).isEqualTo(Ownership.OURS);
        assertThat(leave(second)).isEqualTo(Ownership.OURS);
        assertFree();
    }

    @WaitingTest
    void whoLeavesAFreeKeyFindsItGone() {
        Question question = question("A", claim("a"));
        assertThat(leave(question)).isEqualTo(Ownership.GONE);
        assertFree();
    }

    @WaitingTest
    void aLateQuestionOfWhoLeftIsRefused() {
        Claim holder = claim("holder");
        granted(holder);
        Question waiter = standing(question("A", claim("a")));
        leave(waiter);
        assertThat(line(again(waiter))).isInstanceOf(Ended.class);
        assertLine();
        release(holder);
        assertFree();
        assertThat(line(again(waiter))).isInstanceOf(Ended.class);
        assertFree();
    }

    @WaitingTest
    void aLateFirstQuestionOfWhoLeftIsRefused() {
        Question question = question("A", claim("a"));
        leave(question);
        assertThat(line(question)).isInstanceOf(Ended.class);
        assertThat(acquire(question.claim())).isInstanceOf(Ended.class);
        assertFree();
    }

    @WaitingTest
    void aLateQuestionOfWhoeverLeftIsRefused() {
        Claim holder = claim("holder");
        granted(holder);
        Question first = standing(question("A", claim("a")));
        Question second = standing(question("B", claim("b")));
        leave(first);
        leave(second);
        assertThat(line(again(first))).isInstanceOf(Ended.class);
        assertThat(line(again(second))).isInstanceOf(Ended.class);
        assertLine();
    }

    @WaitingTest
    void leavingDoesNotMakeTheStoreForgetWhatWasReleased() {
        Claim released = claim("released");
        granted(released);
        release(released);
        Claim holder = claim("holder");
        granted(holder);
        leave(standing(question("A", claim("a"))));
        assertThat(acquire(released)).isInstanceOf(Ended.class);
        assertThat(release(released)).isEqualTo(Ownership.OURS);
        assertHeldBy(holder);
    }

    @WaitingTest
    void aLateLeaveOfAnEarlierClaimDoesNotRemoveTheLaterOne() {
        Claim holder = claim("holder");
        granted(holder);
        Question earlier = standing(question("A", claim("a1")));
        Question later = standing(question("A", claim("a2")));
        leave(earlier);
        assertLine("A");
        release(holder);
        assertHeldBy(later.claim());
    }

    @WaitingTest
    void aLateLeaveOrLastTryOfAnEarlierClaimWithTheSameTokenDoesNotRemoveTheLaterOne() {
        Claim holder = claim("holder");
        granted(holder);
        Question earlier = standing(question("A", claim("a")));
        Question later = standing(question("A", claim("a")));
        assertThat(lastTry(earlier)).isInstanceOf(Busy.class);
        leave(earlier);
        assertLine("A");
        release(holder);
        assertHeldBy(later.claim());
        assertThat(release(later.claim())).isEqualTo(Ownership.OURS);
    }

    // release and stand in line again

    @WaitingTest
    void whoReleasesAndStandsInLineAloneGetsTheKeyAtOnce() {
        Claim holder = claim("holder");
        long fence = granted(holder).fence();
        Question next = question("A", claim("next"));
        Handover handover = releaseAndLine(holder, next);
        assertThat(handover.released()).isEqualTo(Ownership.OURS);
        assertThat(handover.next())
                .isInstanceOfSatisfying(
                        Granted.class, granted -> assertThat(granted.fence()).isGreaterThan(fence));
        assertHeldBy(next.claim());
        assertLine();
    }

    @WaitingTest
    void whoReleasesAndStandsInLineStandsBehindTheOthers() {
        Claim holder = claim("holder");
        granted(holder);
        Question other = standing(question("B", claim("b")));
        Question next = question("A", claim("next"));
        Handover handover = releaseAndLine(holder, next);
        assertThat(handover.released()).isEqualTo(Ownership.OURS);
        assertThat(handover.next())
                .isInstanceOfSatisfying(
                        Busy.class, busy -> assertThat(busy.token()).isEqualTo("b"));
        assertHeldBy(other.claim());
        assertLine("A");
        release(other.claim());
        assertHeldBy(next.claim());
    }

    @WaitingTest
    void aResentReleaseAndLineIsAnsweredTheSame() {
        Claim holder = claim("holder");
        granted(holder);
        Question other = standing(question("B", claim("b")));
        Question next = question("A", claim("next"));
        releaseAndLine(holder, next);
        assertThat(releaseAndLine(holder, next).released()).isEqualTo(Ownership.OURS);
        assertHeldBy(other.claim());
        assertLine("A");

        release(other.claim());
        Handover late = releaseAndLine(holder, next);
        assertThat(late.next()).isEqualTo(new Granted(inspect().fence().orElseThrow(), 1));
        assertHeldBy(next.claim());

        release(next.claim());
        assertThat(releaseAndLine(holder, next).next()).isInstanceOf(Ended.class);
        assertFree();
    }

    @WaitingTest
    void whoReleasesForAClaimThatHasLeftHandsTheKeyToTheNext() {
        Claim holder = claim("holder");
        granted(holder);
        Question other = standing(question("B", claim("b")));
        Question left = question("A", claim("left"));
        leave(left);
        Handover handover = releaseAndLine(holder, left);
        assertThat(handover.released()).isEqualTo(Ownership.OURS);
        assertThat(handover.next()).isInstanceOf(Ended.class);
        assertHeldBy(other.claim());
        assertThat(release(holder)).isEqualTo(Ownership.OURS);
        release(other.claim());
        assertFree();
    }

    @WaitingTest
    void whoReleasesForAClaimThatHasLeftFreesTheKeyThatNobodyElseAwaits() {
        Claim holder = claim("holder");
        granted(holder);
        Question left = question("A", claim("left"));
        leave(left);
        assertThat(releaseAndLine(holder, left).next()).isInstanceOf(Ended.class);
        assertFree();
        assertThat(release(holder)).isEqualTo(Ownership.OURS);
    }

    @WaitingTest
    void whoReleasesTooLateStillStandsInLine() {
        Claim late = claim("late");
        granted(late);
        expire(late);
        Claim holder = claim("holder");
        granted(holder);
        Handover handover = releaseAndLine(late, question("A", claim("next")));
        assertThat(handover.released()).isEqualTo(Ownership.TAKEN);
        assertThat(handover.next()).isInstanceOf(Busy.class);
        assertHeldBy(holder);
        assertLine("A");
    }

    // the dead

    @WaitingTest
    void aReleasePassesOverTheDead() {
        Claim holder = claim("holder");
        granted(holder);
        standing(new Question(claim("dead"), "D", number(), SHORT));
        Question living = standing(question("A", claim("a")));
        elapse(SHORT);
        release(holder);
        assertHeldBy(living.claim());
        assertLine();
    }

    @WaitingTest
    void aReleaseToNobodyButTheDeadFreesTheKey() {
        Claim holder = claim("holder");
        granted(holder);
        standing(new Question(claim("dead"), "D", number(), SHORT));
        elapse(SHORT);
        release(holder);
        assertFree();
    }

    @WaitingTest
    void aTryOnAFreeKeyWithADeadLineGetsIt() {
        Claim holder = claim("holder");
        granted(holder);
        standing(new Question(claim("dead"), "D", number(), SHORT));
        expire(holder);
        Claim claim = claim("a");
        granted(claim);
        assertHeldBy(claim);
        assertLine();
    }

    @WaitingTest
    void askingAgainKeepsAlive() {
        Claim holder = claim("holder");
        granted(holder);
        Question waiter = standing(new Question(claim("a"), "A", number(), Duration.ofSeconds(3)));
        elapse(Duration.ofMillis(1800));
        standing(again(waiter));
        elapse(Duration.ofMillis(1800));
        release(holder);
        assertHeldBy(waiter.claim());
    }

    // messages

    @WaitingTest
    void whoWaitsIsToldOfItsGrantByMessage() {
        List<Grant> messages = listen(driver());
        Claim holder = claim("holder");
        long fence = granted(holder).fence();
        Question waiter = standing(question("A", new Claim(hold("a"), Duration.ofMinutes(3), 5, "")));
        release(holder);
        await().until(() -> !messages.isEmpty());
        assertThat(messages).singleElement().satisfies(grant -> {
            assertThat(grant.hold()).isEqualTo(waiter.claim().hold());
            assertThat(grant.member()).isEqualTo("A");
            assertThat(grant.question()).isEqualTo(waiter.number());
            assertThat(grant.ttl()).isEqualTo(Duration.ofMinutes(3));
            assertThat(grant.granted().fences()).isEqualTo(5);
            assertThat(grant.granted().fence()).isGreaterThan(fence);
        });
        assertThat(line(again(waiter))).isEqualTo(messages.get(0).granted());
    }

    @WaitingTest
    void aMessageRepeatsTheNumberOfTheLastQuestionThatArrived() {
        List<Grant> messages = listen(driver());
        Claim holder = claim("holder");
        granted(holder);
        Question first = standing(question("A", claim("a")));
        Question second = standing(again(first));
        release(holder);
        await().until(() -> !messages.isEmpty());
        assertThat(messages)
                .singleElement()
                .extracting(Grant::question)
                .isEqualTo(second.number())
                .isNotEqualTo(first.number());
    }

    @WaitingTest
    void aLateQuestionWithALowerNumberOverwritesNothing() {
        List<Grant> messages = listen(driver());
        Claim holder = claim("holder");
        granted(holder);
        Claim claim = new Claim(hold("a"), LONG, 1, "");
        Question overtaken = question("A", new Claim(claim.hold(), Duration.ofSeconds(30), 1, ""));
        Question overtaking = standing(question("A", claim));
        standing(overtaken);
        release(holder);
        await().until(() -> !messages.isEmpty());
        assertThat(messages).singleElement().satisfies(grant -> {
            assertThat(grant.question()).isEqualTo(overtaking.number());
            assertThat(grant.ttl()).isEqualTo(LONG);
        });
        assertTtlIsAbout(LONG, claim);
    }

    @WaitingTest
    void whoeverMovesTheLineOnTellsTheOneWhoGetsTheKey() {
        List<Grant> messages = listen(driver());
        Claim holder = claim("holder");
        granted(holder);
        Question waiter = standing(question("A", claim("a")));
        expire(holder);
        busy(claim("hasty"));
        await().until(() -> !messages.isEmpty());
        assertThat(messages)
                .singleElement()
                .extracting(Grant::hold)
                .isEqualTo(waiter.claim().hold());
    }

    @WaitingTest
    void aMessageGoesToTheInstanceThatAskedAndToNoOther() {
        List<Grant> here = listen(driver());
        LineDriver there = newDriver("there");
        List<Grant> elsewhere = listen(there);
        Claim holder = claim("holder");
        granted(holder);
        Question asksThere = question("T", claim("t"));
        assertThat(answer(there.line(asksThere))).isInstanceOf(Busy.class);
        Question asksHere = standing(question("H", claim("h")));
        release(holder);
        await().until(() -> !elsewhere.isEmpty());
        release(asksThere.claim());
        await().until(() -> !here.isEmpty());
        assertThat(elsewhere)
                .singleElement()
                .extracting(Grant::hold)
                .isEqualTo(asksThere.claim().hold());
        assertThat(here)
                .singleElement()
                .extracting(Grant::hold)
                .isEqualTo(asksHere.claim().hold());
    }

    @WaitingTest
    void anAnswerIsNotRepeatedByMessage() {
        List<Grant> messages = listen(driver());
        Claim holder = claim("holder");
        granted(holder);
        Question next = question("A", claim("next"));
        assertThat(releaseAndLine(holder, next).next()).isInstanceOf(Granted.class);
        Question waiter = standing(question("B", claim("b")));
        release(next.claim());
        await().until(() -> !messages.isEmpty());
        assertThat(messages)
                .singleElement()
                .extracting(Grant::hold)
                .isEqualTo(waiter.claim().hold());
    }

    @WaitingTest
    void anyTextTravelsInAMessage() {
        List<Grant> messages = listen(driver());
        LockKey odd = new LockKey(this.prefix, "é {x} %s \\ \" ' , ; | : *");
        Claim holder = new Claim(hold(odd, "holder"), LONG, 1, "");
        granted(holder);
        Claim claim = new Claim(hold(odd, "ü {y} %d \\ \" ' , ; | :"), LONG, 1, "line one\nline two\t\u0001");
        standing(question("mémber/1", claim));
        release(holder);
        await().until(() -> !messages.isEmpty());
        assertThat(messages).singleElement().satisfies(grant -> {
            assertThat(grant.hold()).isEqualTo(claim.hold());
            assertThat(grant.member()).isEqualTo("mémber/1");
        });
        assertThat(answer(driver().inspect(odd)))
                .hasValueSatisfying(state -> assertThat(state.details()).contains(claim.details()));
    }

    // hygiene

    @WaitingTest
    void nothingIsLeftOfALineAfterTheRetention() {
        forgetSoon();
        Claim holder = claim("holder");
        granted(holder);
        Question left = standing(question("A", claim("a")));
        Question served = standing(question("B", claim("b")));
        standing(new Question(claim("dead"), "D", number(), SHORT));
        leave(left);
        release(holder);
        elapse(SHORT);
        release(served.claim());
        assertFree();
        elapse(RETENTION);
        assertThat(stored(this.prefix)).isEmpty();
    }

    @WaitingTest
    void nothingIsLeftWhereHolderAndLineDied() {
        forgetSoon();
        Claim holder = claim("holder");
        granted(holder);
        standing(new Question(claim("dead"), "D", number(), SHORT));
        expire(holder);
        elapse(RETENTION);
        assertThat(stored(this.prefix)).isEmpty();
    }

    @WaitingTest
    void aMarkThatIsSetAnewKeepsTheWholeLine() {
        Claim holder = claim("holder");
        granted(holder);
        Question patient = standing(question("A", claim("a")));
        standing(new Question(claim("hasty"), "B", number(), Duration.ofMillis(10)));
        elapse(RETENTION);
        release(holder);
        assertHeldBy(patient.claim());
    }

    @WaitingTest
    void manyMembersAreAllServedOnce() {
        Claim holder = claim("holder");
        granted(holder);
        List<Question> questions = IntStream.range(0, 60)
                .mapToObj(i -> question("m" + i, claim("t" + i)))
                .toList();
        questions.forEach(this::standing);
        assertThat(inspect().waiting()).hasSize(60);
        release(holder);
        for (Question question : questions) {
            assertHeldBy(question.claim());
            release(question.claim());
        }
        assertFree();
    }

    // questions and answers

    static long number() {
        return NUMBERS.incrementAndGet();
    }

    static Question question(String member, Claim claim) {
        return new Question(claim, member, number(), ALIVE);
    }

    static Question again(Question earlier) {
        return new Question(earlier.claim(), earlier.member(), number(), earlier.aliveFor());
    }

    final Attempt line(Question question) {
        return answer(driver().line(question));
    }

    final Question standing(Question question) {
        assertThat(line(question)).isInstanceOf(Busy.class);
        return question;
    }

    final Attempt lastTry(Question question) {
        return answer(driver().lastTry(question));
    }

    final Ownership leave(Question question) {
        return answer(driver().leave(question));
    }

    final Handover releaseAndLine(Claim claim, Question next) {
        return answer(driver().releaseAndLine(new Release(claim.hold(), Duration.ZERO), next));
    }

    /** How many stand in line; who, and in which order, shows when the key is handed on. */
    final void assertLine(String... members) {
        assertThat(inspect().waiting()).hasSameSizeAs(members);
    }

    /** What arrives by message from here on. */
    static List<Grant> listen(LineDriver driver) {
        List<Grant> messages = new CopyOnWriteArrayList<>();
        answer(driver.listen(messages::add));
        return messages;
    }
}
