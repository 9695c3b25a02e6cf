package io.distlock.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.WaitingTest;
import io.distlock.driver.Attempt.Busy;
import io.distlock.driver.Attempt.Ended;
import io.distlock.driver.Attempt.Granted;
import io.distlock.driver.KeyState.Sharer;
import io.distlock.driver.LineDriver.Grant;
import io.distlock.driver.LineDriver.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What a store must do beyond {@link LineDriverContract} to let several hold a key at once. */
public abstract class SharingDriverContract extends SeveralKeysDriverContract {

    private static final int ANY = Claim.ANY_NUMBER;

    // sharing

    @WaitingTest
    void severalShareAKey() {
        Granted first = granted(shared("a"));
        Granted second = granted(shared("b"));
        assertThat(first.fences()).isEqualTo(1);
        assertThat(second.fence()).isGreaterThan(first.fence());
        KeyState state = inspect();
        assertThat(state.token()).isEqualTo("shared");
        assertThat(state.fence()).hasValue(second.fence());
        assertThat(state.details()).isEmpty();
        assertThat(state.sharers()).extracting(Sharer::token).containsExactly("a", "b");
        assertThat(state.sharers()).extracting(Sharer::fence).containsExactly(first.fence(), second.fence());
        assertThat(state.sharers()).extracting(Sharer::details).containsExactly("details of a", "details of b");
        assertThat(state.sharers())
                .allSatisfy(sharer -> assertThat(sharer.remaining())
                        .isLessThanOrEqualTo(LONG)
                        .isCloseTo(LONG, Duration.ofSeconds(20)));
    }

    @WaitingTest
    void aSharedKeyIsBusyToWhoWantsItAlone() {
        granted(shared("a", Duration.ofMinutes(3)));
        long last = granted(shared("b")).fence();
        Busy busy = busy(claim("writer"));
        assertThat(busy.token()).isEqualTo("shared");
        assertThat(busy.fence()).hasValue(last);
        assertThat(busy.freeIn()).hasValueSatisfying(SharingDriverContract::assertAboutLong);
        assertSharedBy("a", "b");
    }

    @WaitingTest
    void aKeyThatOneHoldsAloneIsBusyToWhoWouldShareIt() {
        Claim writer = claim("writer");
        granted(writer);
        assertThat(busy(shared("a")).token()).isEqualTo("writer");
        assertThat(busy(limited("b", 3)).token()).isEqualTo("writer");
        assertHeldBy(writer);
        assertThat(inspect().sharers()).isEmpty();
    }

    @WaitingTest
    void whoHoldsItAloneAfterOthersSharedItHasTheLargerFence() {
        granted(claimOf(1_000_000_000));
        release(Hold.byToken(this.key, "block"));
        long alone = inspectAfter(shared("a"));
        long second = inspectAfter(shared("b"));
        release(Hold.byToken(this.key, "a"));
        release(Hold.byToken(this.key, "b"));
        long writer = granted(claim("writer")).fence();
        release(Hold.byToken(this.key, "writer"));
        assertThat(List.of(alone, second, writer, granted(shared("c")).fence()))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    private Claim claimOf(int fences) {
        return new Claim(hold("block"), LONG, fences, "");
    }

    private long inspectAfter(Claim claim) {
        long fence = granted(claim).fence();
        assertThat(inspect().fence()).hasValue(fence);
        return fence;
    }

    // permits

    @WaitingTest
    void asManyHoldAKeyAsHavePermits() {
        List<Claim> holders =
                IntStream.range(0, 3).mapToObj(i -> limited("t" + i, 3)).toList();
        holders.forEach(this::granted);
        Claim fourth = limited("fourth", 3);
        busy(fourth);
        assertThat(release(holders.get(1))).isEqualTo(Ownership.OURS);
        granted(fourth);
        busy(limited("fifth", 3));
        assertSharedBy("t0", "t2", "fourth");
    }

    @WaitingTest
    void nobodyHoldsAKeyWithMoreThanItAgreedTo() {
        granted(limited("five", 5));
        Claim two = limited("two", 2);
        granted(two);
        busy(limited("another five", 5));
        busy(shared("any"));
        release(two);
        granted(limited("another five", 5));
        busy(limited("another two", 2));
        granted(shared("any"));
        assertSharedBy("five", "another five", "any");
    }

    @WaitingTest
    void onePermitIsForOneAlone() {
        granted(shared("a"));
        busy(limited("b", 1));
    }

    // the line

    @WaitingTest
    void whoWouldShareItDoesNotOvertakeWhoWaits() {
        Claim reader = shared("reader");
        granted(reader);
        Question writer = standing(question("W", claim("writer")));
        Question late = standing(question("L", shared("late")));
        busy(shared("hasty"));
        standing(again(late));
        assertSharedBy("reader");
        release(reader);
        assertHeldBy(writer.claim());
        release(writer.claim());
        assertSharedBy("late");
        assertThat(line(again(late))).isInstanceOf(Granted.class);
    }

    @WaitingTest
    void theLastWhoLeavesHandsItOn() {
        Claim first = shared("a");
        Claim second = shared("b");
        granted(first);
        granted(second);
        Question writer = standing(question("W", claim("writer")));
        release(second);
        assertSharedBy("a");
        release(first);
        assertHeldBy(writer.claim());
        assertLine();
    }

    @WaitingTest
    void thoseWhoAreFirstInLineShareItTogether() {
        Claim holder = claim("holder");
        granted(holder);
        List<Question> first = List.of(
                standing(question("R1", shared("r1"))),
                standing(question("R2", limited("r2", 7))),
                standing(question("R3", shared("r3"))));
        Question writer = standing(question("W", claim("writer")));
        Question last = standing(question("R4", shared("r4")));
        release(holder);
        assertSharedBy("r1", "r2", "r3");
        assertLine("W", "R4");
        first.forEach(reader -> release(reader.claim()));
        assertHeldBy(writer.claim());
        release(writer.claim());
        assertSharedBy("r4");
        release(last.claim());
        assertFree();
    }

    @WaitingTest
    void asManyOfTheLineShareItAsThereIsRoomFor() {
        Claim holder = claim("holder");
        granted(holder);
        List<Question> waiting = IntStream.range(0, 5)
                .mapToObj(i -> standing(question("M" + i, limited("t" + i, 2))))
                .toList();
        release(holder);
        assertSharedBy("t0", "t1");
        release(waiting.get(1).claim());
        assertSharedBy("t0", "t2");
        leave(waiting.get(3));
        release(waiting.get(0).claim());
        assertSharedBy("t2", "t4");
        assertLine();
    }

    @WaitingTest
    void whoeverAsksMovesTheLineOnWhenOneOfSeveralHasExpired() {
        granted(limited("a", 2));
        Claim dead = limited("dead", 2);
        granted(dead);
        Question waiter = standing(question("A", limited("waiter", 2)));
        expire(dead);
        busy(claim("passer-by"));
        assertSharedBy("a", "waiter");
        assertThat(line(again(waiter))).isInstanceOf(Granted.class);
    }

    @WaitingTest
    void whoWaitsForRoomIsToldWhenTheFirstOfThemEnds() {
        granted(limited("a", 2));
        granted(new Claim(hold("b"), Duration.ofMinutes(1), 1, "", 2));
        assertThat(busy(limited("c", 2)).freeIn())
                .hasValueSatisfying(freeIn -> assertThat(freeIn)
                        .isLessThanOrEqualTo(Duration.ofMinutes(1))
                        .isCloseTo(Duration.ofMinutes(1), Duration.ofSeconds(20)));
    }

    @WaitingTest
    void theDeadInLineKeepNobodyFromSharing() {
        granted(shared("a"));
        standing(new Question(claim("dead"), "D", number(), SHORT));
        elapse(SHORT);
        granted(shared("b"));
        assertLine();
    }

    @WaitingTest
    void aWaiterThatLeavesLetsThoseBehindItShare() {
        granted(shared("a"));
        Question writer = standing(question("W", claim("writer")));
        standing(question("R", shared("reader")));
        leave(writer);
        assertSharedBy("a", "reader");
    }

    @WaitingTest
    void allWhoShareItAreToldByMessageWithAFenceEach() {
        List<Grant> messages = listen(driver());
        Claim holder = claim("holder");
        granted(holder);
        List<Question> readers = IntStream.range(0, 3)
                .mapToObj(i -> standing(question("R" + i, shared("r" + i, Duration.ofMinutes(2)))))
                .toList();
        release(holder);
        await().until(() -> messages.size() == 3);
        assertThat(messages)
                .extracting(Grant::hold)
                .containsExactlyElementsOf(
                        readers.stream().map(reader -> reader.claim().hold()).toList());
        assertThat(messages)
                .extracting(Grant::question)
                .containsExactlyElementsOf(
                        readers.stream().map(Question::number).toList());
        assertThat(messages)
                .extracting(grant -> grant.granted().fence())
                .containsExactlyElementsOf(
                        inspect().sharers().stream().map(Sharer::fence).toList());
        assertThat(messages)
                .extracting(grant -> grant.granted().fence())
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(messages).allSatisfy(grant -> assertThat(grant.ttl()).isEqualTo(Duration.ofMinutes(2)));
        for (int i = 0; i < 3; i++) {
            assertThat(line(again(readers.get(i)))).isEqualTo(messages.get(i).granted());
        }
    }

    @WaitingTest
    void questionsOfAllKindsAreAnsweredTogether() {
        LockKey alone = new LockKey(this.prefix, "alone");
        Question writer = question("W", new Claim(hold(alone, "writer"), LONG, 5, ""));
        Question reader = question("R", shared("reader"));
        Question other = question("O", limited("other", 2));
        Question third = question("T", limited("third", 2));
        List<Attempt> answers = driver().line(List.of(writer, reader, other, third)).stream()
                .map(LockDriverContract::answer)
                .toList();
        assertThat(answers.get(0)).isInstanceOf(Granted.class);
        // which two of the three, where each has a connection of its own, is theirs to find out
        assertThat(answers.subList(1, 4)).filteredOn(Granted.class::isInstance).hasSize(2);
        assertThat(answers.subList(1, 4)).filteredOn(Busy.class::isInstance).hasSize(1);
        assertThat(answer(driver().inspect(alone))).map(KeyState::token).contains("writer");
    }

    // asked twice, late, or by another

    @WaitingTest
    void whoSharesIsGrantedOnceHoweverOftenItAsks() {
        Claim claim = limited("a", 2);
        Granted granted = granted(claim);
        assertThat(acquire(claim)).isEqualTo(granted);
        granted(limited("b", 2));
        assertThat(acquire(claim)).isEqualTo(granted);
        release(claim);
        assertSharedBy("b");
    }

    @WaitingTest
    void whoAsksAgainSharesForItsWholeTtlFromThen() {
        Claim claim = shared("a", Duration.ofSeconds(3));
        granted(claim);
        elapse(Duration.ofMillis(1800));
        granted(claim);
        elapse(Duration.ofMillis(1800));
        assertSharedBy("a");
    }

    @WaitingTest
    void aLateQuestionOfWhoSharedIsRefused() {
        Claim claim = shared("a");
        granted(claim);
        granted(shared("b"));
        release(claim);
        assertThat(acquire(claim)).isInstanceOf(Ended.class);
        assertThat(release(claim)).isEqualTo(Ownership.OURS);
        assertSharedBy("b");
    }

    @WaitingTest
    void ofManyWhoSharedEachHasReleasedItsOwn() {
        granted(shared("stays"));
        List<Claim> many = IntStream.range(0, 30).mapToObj(i -> shared("t" + i)).toList();
        many.forEach(this::granted);
        many.forEach(claim -> assertThat(release(claim)).isEqualTo(Ownership.OURS));
        many.forEach(claim -> assertThat(release(claim)).isEqualTo(Ownership.OURS));
        many.forEach(claim -> assertThat(acquire(claim)).isInstanceOf(Ended.class));
        assertSharedBy("stays");
    }

    @WaitingTest
    void theTokenOfASharerIsBusyToEveryOtherAttempt() {
        Claim claim = shared("a");
        granted(claim);
        Claim other = shared("a");
        busy(other);
        assertThat(release(other)).isEqualTo(Ownership.GONE);
        assertThat(renew(other.hold(), LONG)).isEqualTo(Ownership.GONE);
        assertThat(renew(claim.hold(), LONG)).isEqualTo(Ownership.OURS);
        assertSharedBy("a");
    }

    @WaitingTest
    void whoLeavesGivesBackWhatItWasGranted() {
        Claim holder = claim("holder");
        granted(holder);
        Question first = standing(question("A", shared("a")));
        standing(question("B", shared("b")));
        release(holder);
        assertThat(leave(first)).isEqualTo(Ownership.OURS);
        assertThat(line(again(first))).isInstanceOf(Ended.class);
        assertSharedBy("b");
    }

    @WaitingTest
    void aLateFirstQuestionOfWhoWouldShareIsRefused() {
        granted(shared("a"));
        Question late = question("L", shared("late"));
        leave(late);
        assertThat(line(late)).isInstanceOf(Ended.class);
        assertSharedBy("a");
    }

    @WaitingTest
    void whoKnowsTheTokenOfASharerCanEndItsHold() {
        Claim claim = shared("a");
        granted(claim);
        granted(shared("b"));
        assertThat(release(Hold.byToken(this.key, "a"))).isEqualTo(Ownership.OURS);
        assertThat(release(Hold.byToken(this.key, "a"))).isEqualTo(Ownership.OURS);
        assertThat(release(claim)).isEqualTo(Ownership.GONE);
        assertThat(acquire(claim)).isInstanceOf(Ended.class);
        assertSharedBy("b");
    }

    @WaitingTest
    void whatStandsAtASharedKeyIsNobodysToken() {
        granted(shared("a"));
        Hold nobody = Hold.byToken(this.key, "shared");
        assertThat(release(nobody)).isNotEqualTo(Ownership.OURS);
        assertThat(extend(nobody, SHORT)).isNotEqualTo(Ownership.OURS);
        assertThat(renew(nobody, LONG)).isNotEqualTo(Ownership.OURS);
        assertThat(ttl(nobody)).isEmpty();
        assertThat(adopt(claim("shared"))).isEmpty();
        busy(claim("shared"));
        busy(claim(""));
        assertSharedBy("a");
    }

    @WaitingTest
    void whoReleasesItsShareMayStandInLine() {
        Claim reader = shared("reader");
        granted(reader);
        granted(shared("other"));
        Question upgraded = question("W", claim("writer"));
        assertThat(releaseAndLine(reader, upgraded).released()).isEqualTo(Ownership.OURS);
        assertSharedBy("other");
        release(Hold.byToken(this.key, "other"));
        assertHeldBy(upgraded.claim());
    }

    @WaitingTest
    void aShareThatIsKeptTakesItsPermitUntilThatTimeIsOver() {
        Claim claim = limited("a", 2);
        granted(claim);
        granted(limited("b", 2));
        assertThat(answer(driver().release(new Release(claim.hold(), SHORT)))).isEqualTo(Ownership.OURS);
        busy(limited("c", 2));
        elapse(SHORT);
        granted(limited("c", 2));
        assertSharedBy("b", "c");
    }

    // time

    @WaitingTest
    void eachSharesForItsOwnTime() {
        Claim brief = limited("brief", 2);
        granted(brief);
        granted(limited("long", 2));
        expire(brief);
        granted(limited("next", 2));
        assertThat(renew(brief.hold(), LONG)).isEqualTo(Ownership.GONE);
        assertThat(extend(brief.hold(), LONG)).isEqualTo(Ownership.GONE);
        assertThat(release(brief)).isEqualTo(Ownership.GONE);
        assertThat(ttl(brief.hold())).isEmpty();
        assertThat(adopt(claim("brief"))).isEmpty();
        assertSharedBy("long", "next");
    }

    @WaitingTest
    void nobodySharesAnyMoreWhenTheLastTimeIsOver() {
        Claim first = shared("a");
        Claim second = shared("b");
        granted(first);
        granted(second);
        expire(first);
        expire(second);
        assertFree();
        assertThat(renew(first.hold(), LONG)).isEqualTo(Ownership.GONE);
        Claim writer = claim("writer");
        granted(writer);
        assertThat(renew(first.hold(), LONG)).isEqualTo(Ownership.TAKEN);
        assertThat(release(second)).isEqualTo(Ownership.TAKEN);
        assertHeldBy(writer);
        release(writer);
        granted(shared("c"));
        assertThat(renew(first.hold(), LONG)).isEqualTo(Ownership.GONE);
        assertSharedBy("c");
    }

    @WaitingTest
    void aRenewalLengthensOneHoldAndTheKeyWithIt() {
        Claim first = shared("a", Duration.ofSeconds(30));
        Claim second = shared("b", Duration.ofSeconds(30));
        granted(first);
        granted(second);
        assertThat(renew(first.hold(), LONG)).isEqualTo(Ownership.OURS);
        assertThat(renew(first.hold(), Duration.ofSeconds(30))).isEqualTo(Ownership.OURS);
        assertTtlIsAbout(LONG, first);
        assertTtlIsAbout(Duration.ofSeconds(30), second);
        assertThat(inspect().remaining()).hasValueSatisfying(SharingDriverContract::assertAboutLong);
        assertThat(busy(claim("writer")).freeIn()).hasValueSatisfying(SharingDriverContract::assertAboutLong);
    }

    @WaitingTest
    void manyHoldsOfAllKindsAreRenewedTogether() {
        LockKey alone = new LockKey(this.prefix, "alone");
        Claim writer = new Claim(hold(alone, "writer"), Duration.ofSeconds(30), 1, "");
        granted(writer);
        List<Claim> readers = IntStream.range(0, 5)
                .mapToObj(i -> shared("r" + i, Duration.ofSeconds(30)))
                .toList();
        readers.forEach(this::granted);
        release(readers.get(4));
        List<Renewal> renewals = new ArrayList<>();
        readers.forEach(reader -> renewals.add(new Renewal(reader.hold(), LONG)));
        renewals.add(2, new Renewal(writer.hold(), LONG));
        List<Ownership> found = driver().renew(renewals).stream()
                .map(LockDriverContract::answer)
                .toList();
        assertThat(found)
                .containsExactly(
                        Ownership.OURS, Ownership.OURS, Ownership.OURS, Ownership.OURS, Ownership.OURS, Ownership.GONE);
        readers.subList(0, 4).forEach(reader -> assertTtlIsAbout(LONG, reader));
        assertTtlIsAbout(LONG, writer);
    }

    @WaitingTest
    void extendShortensOneHoldAndTheKeyIfThatWasTheLongest() {
        Claim first = shared("a");
        granted(first);
        granted(shared("b", Duration.ofMinutes(1)));
        assertThat(extend(first.hold(), Duration.ofMinutes(2))).isEqualTo(Ownership.OURS);
        assertTtlIsAbout(Duration.ofMinutes(2), first);
        assertThat(inspect().remaining())
                .hasValueSatisfying(left -> assertThat(left)
                        .isLessThanOrEqualTo(Duration.ofMinutes(2))
                        .isCloseTo(Duration.ofMinutes(2), Duration.ofSeconds(20)));
    }

    @WaitingTest
    void theKeyGoesWithTheLongestOfThoseWhoAreLeft() {
        Claim first = shared("a");
        granted(first);
        granted(shared("b", Duration.ofMinutes(1)));
        release(first);
        assertThat(busy(claim("writer")).freeIn())
                .hasValueSatisfying(left -> assertThat(left)
                        .isLessThanOrEqualTo(Duration.ofMinutes(1))
                        .isCloseTo(Duration.ofMinutes(1), Duration.ofSeconds(20)));
    }

    @WaitingTest
    void aShareGoesOnUnderAnotherAttempt() {
        Claim first = shared("a", Duration.ofMinutes(1));
        Granted granted = granted(first);
        granted(shared("b"));
        Claim adopter = new Claim(hold("a"), LONG, 1, "adopter");
        assertThat(adopt(adopter)).contains(granted);
        assertThat(renew(first.hold(), LONG)).isEqualTo(Ownership.GONE);
        assertThat(release(first)).isEqualTo(Ownership.GONE);
        assertThat(acquire(first)).isInstanceOf(Ended.class);
        assertThat(extend(first.hold(), SHORT)).isEqualTo(Ownership.GONE);
        assertThat(ttl(first.hold())).isEmpty();
        assertThat(renew(adopter.hold(), LONG)).isEqualTo(Ownership.OURS);
        assertTtlIsAbout(LONG, adopter);
        assertThat(extend(Hold.byToken(this.key, "a"), LONG)).isEqualTo(Ownership.OURS);
        assertThat(inspect().sharers()).extracting(Sharer::details).contains("adopter", "details of b");
        assertThat(release(adopter)).isEqualTo(Ownership.OURS);
        assertSharedBy("b");
    }

    @WaitingTest
    void theAdoptionOfAShareCanBeTakenBack() {
        Claim first = shared("a");
        Granted granted = granted(first);
        Claim other = shared("b");
        granted(other);
        Claim adopter = new Claim(hold("a"), LONG, 1, "adopter");
        assertThat(adopt(adopter)).isPresent();
        release(other);
        granted(shared("c"));
        assertThat(disown(adopter)).isEqualTo(Ownership.OURS);
        assertThat(renew(adopter.hold(), LONG)).isEqualTo(Ownership.GONE);
        assertThat(adopt(adopter)).as("late").isEmpty();
        assertThat(acquire(first)).isEqualTo(granted);
        assertTtlIsAbout(LONG, first);
        assertThat(release(first)).isEqualTo(Ownership.OURS);
        assertSharedBy("c");
    }

    // what is shown, and hygiene

    @WaitingTest
    void anyTextTellsOfASharer() {
        String details = "who: é\n\"{x}\" %s\t\\n%0A%25\n\nlast ";
        Claim odd = new Claim(hold("ü {y} %d \\ \" ' , ; | :"), LONG, 1, details, ANY);
        granted(odd);
        Claim empty = new Claim(hold("empty"), LONG, 1, "", ANY);
        granted(empty);
        assertThat(inspect().sharers())
                .extracting(Sharer::token)
                .containsExactly(odd.hold().token(), "empty");
        assertThat(inspect().sharers()).extracting(Sharer::details).containsExactly(details, "");
        assertThat(renew(odd.hold(), LONG)).isEqualTo(Ownership.OURS);
        assertThat(release(odd)).isEqualTo(Ownership.OURS);
        assertSharedBy("empty");
    }

    @WaitingTest
    void whoWaitsIsShownBehindThoseWhoShare() {
        granted(shared("a"));
        standing(question("W", claim("writer")));
        standing(question("R", shared("reader")));
        KeyState state = inspect();
        assertThat(state.waiting())
                .hasSize(2)
                .allSatisfy(waiting -> assertThat(waiting).startsWith("here-"));
        assertThat(state.waitingDetails()).containsExactly("details of writer", "details of reader");
    }

    @WaitingTest
    void manyShareAKeyAndAllGiveItBack() {
        List<Claim> many =
                IntStream.range(0, 200).mapToObj(i -> shared("t" + i)).toList();
        many.forEach(this::granted);
        assertThat(inspect().sharers()).hasSize(200);
        Question writer = standing(question("W", claim("writer")));
        many.forEach(claim -> assertThat(renew(claim.hold(), LONG)).isEqualTo(Ownership.OURS));
        many.forEach(claim -> assertThat(release(claim)).isEqualTo(Ownership.OURS));
        assertHeldBy(writer.claim());
    }

    @WaitingTest
    void aCrowdInLineIsLetInAtTheLatestByItsOwnQuestions() {
        Claim holder = claim("holder");
        granted(holder);
        List<Question> crowd = IntStream.range(0, 250)
                .mapToObj(i -> standing(question("M" + i, shared("t" + i))))
                .toList();
        Question writer = standing(question("W", claim("writer")));
        release(holder);
        crowd.forEach(one -> assertThat(line(again(one))).isInstanceOf(Granted.class));
        assertThat(inspect().sharers()).hasSize(250);
        assertLine("W");
        crowd.forEach(one -> release(one.claim()));
        assertHeldBy(writer.claim());
    }

    @WaitingTest
    void nothingIsLeftOfThoseWhoSharedAfterTheRetention() {
        forgetSoon();
        Claim dead = shared("dead");
        Claim released = shared("released");
        granted(dead);
        granted(released);
        Question writer = standing(question("W", claim("writer")));
        standing(new Question(shared("dead too"), "D", number(), SHORT));
        release(released);
        expire(dead);
        assertThat(line(again(writer))).isInstanceOf(Granted.class);
        release(writer.claim());
        assertFree();
        elapse(RETENTION);
        assertThat(stored(this.prefix)).isEmpty();
    }

    @WaitingTest
    void nothingIsLeftWhereAllWhoSharedDied() {
        forgetSoon();
        Claim first = shared("a");
        Claim second = shared("b");
        granted(first);
        granted(second);
        expire(first);
        expire(second);
        elapse(RETENTION);
        assertThat(stored(this.prefix)).isEmpty();
    }

    // questions and answers

    protected final Claim shared(String token) {
        return shared(token, LONG);
    }

    protected final Claim shared(String token, Duration ttl) {
        return new Claim(hold(token), ttl, 1, "details of " + token, ANY);
    }

    protected final Claim limited(String token, int permits) {
        return new Claim(hold(token), LONG, 1, "details of " + token, permits);
    }

    /** By those and nobody else, in the order of their grants. */
    protected final void assertSharedBy(String... tokens) {
        KeyState state = inspect();
        assertThat(state.token()).isEqualTo("shared");
        assertThat(state.sharers()).extracting(Sharer::token).containsExactly(tokens);
    }

    private static void assertAboutLong(Duration time) {
        assertThat(time).isLessThanOrEqualTo(LONG).isCloseTo(LONG, Duration.ofSeconds(20));
    }
}
