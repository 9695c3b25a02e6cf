package io.distlock.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.distlock.WaitingTest;
import io.distlock.driver.Attempt.Busy;
import io.distlock.driver.Attempt.Ended;
import io.distlock.driver.Attempt.Granted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a store must do to keep locks, asked directly at {@link LockDriver}. A driver's test extends it (or
 * {@link LineDriverContract}, if it keeps a line), says how a driver is made and how time passes, and leaves out nothing.
 *
 * <p>A command that a client resends after its connection broke looks to the store like the same call made twice; so it
 * does here.
 */
public abstract class LockDriverContract {

    /** A ttl that no test outlives. */
    protected static final Duration LONG = Duration.ofMinutes(10);

    /** A time to wait for the end of. */
    protected static final Duration SHORT = Duration.ofMillis(250);

    /** A retention of records to wait for the end of. */
    protected static final Duration RETENTION = Duration.ofSeconds(2);

    private static final AtomicInteger ATTEMPTS = new AtomicInteger();

    private final List<LockDriver> drivers = new ArrayList<>();

    /** Of everything that one test stores. */
    protected final String prefix = "contract:" + UUID.randomUUID() + ":";

    protected final LockKey key = new LockKey(this.prefix, "order:42");

    private LockDriver driver;

    /** Makes a driver; all that one test makes work on the same store. The contract closes it. */
    protected abstract LockDriver create(DriverSettings settings);

    /** Lets so much time pass in the store, at least. The only place of a test where anything may sleep. */
    protected abstract void elapse(Duration time);

    /** For how long what stands beside a lock is kept, except where a test waits for its end; here: longer than any hold. */
    protected Duration recordRetention() {
        return Duration.ofHours(1);
    }

    /** The names of all that the store keeps at and below a prefix, whatever it is for; expired things do not count. */
    protected abstract Collection<String> stored(String prefix);

    @BeforeEach
    void createDriver() {
        forgetSoon();
        this.driver = newDriver("here");
    }

    @AfterEach
    void closeDrivers() {
        this.drivers.forEach(LockDriver::close);
    }

    protected LockDriver driver() {
        return this.driver;
    }

    /** One more driver on the same store, as another instance of the application has it. */
    protected LockDriver newDriver(String instance) {
        return newDriver(instance, recordRetention());
    }

    /** From here on, the test's driver forgets what stands beside a lock in {@link #RETENTION}. */
    protected final void forgetSoon() {
        this.driver = newDriver("forgetful", RETENTION);
    }

    private LockDriver newDriver(String instance, Duration retention) {
        LockDriver made = create(new DriverSettings(
                "contract",
                this.prefix,
                instance + "-" + UUID.randomUUID(),
                Duration.ofSeconds(5),
                retention,
                true,
                Optional.empty()));
        this.drivers.add(made);
        answer(made.inspect(this.key)); // connected from here on: what follows need not wait for that
        return made;
    }

    // acquire

    @WaitingTest
    void aFreeKeyIsGranted() {
        Granted granted = granted(claim("a"));
        assertThat(granted.fence()).isPositive();
        assertThat(granted.fences()).isEqualTo(1);
    }

    @WaitingTest
    void aHeldKeyIsBusyAndSaysWhoHoldsItAndForHowLong() {
        Claim holder = claim("a");
        long fence = granted(holder).fence();
        assertThat(acquire(claim("b"))).isInstanceOfSatisfying(Busy.class, busy -> {
            assertThat(busy.token()).isEqualTo(holder.hold().token());
            assertThat(busy.fence()).hasValue(fence);
            assertThat(busy.freeIn())
                    .hasValueSatisfying(freeIn ->
                            assertThat(freeIn).isLessThanOrEqualTo(LONG).isCloseTo(LONG, Duration.ofSeconds(30)));
        });
    }

    @WaitingTest
    void aBusyAnswerChangesNothing() {
        Claim holder = claim("a");
        granted(holder);
        KeyState before = inspect();
        busy(claim("b"));
        assertHeldBy(holder);
        assertThat(inspect().fence()).isEqualTo(before.fence());
        assertThat(inspect().details()).isEqualTo(before.details());
    }

    @WaitingTest
    void ofManyAtOnceOneIsGranted() {
        List<CompletionStage<Attempt>> answers = IntStream.range(0, 50)
                .mapToObj(i -> driver().acquire(claim("t" + i)))
                .toList();
        assertThat(answers.stream().map(LockDriverContract::answer).filter(Granted.class::isInstance))
                .hasSize(1);
    }

    @WaitingTest
    void aClaimAskedTwiceIsGrantedOnce() {
        Claim claim = claim("a");
        Granted first = granted(claim);
        assertThat(acquire(claim)).isEqualTo(first);
        assertThat(release(claim)).isEqualTo(Ownership.OURS);
        assertFree();
    }

    @WaitingTest
    void aClaimAskedTwiceKeepsTheFencesItReserved() {
        Claim claim = new Claim(hold("a"), LONG, 20, "");
        Granted first = granted(claim);
        assertThat(first.fences()).isEqualTo(20);
        assertThat(acquire(claim)).isEqualTo(first);
    }

    @WaitingTest
    void aClaimAskedAgainHoldsForItsWholeTtlFromThen() {
        Claim claim = new Claim(hold("a"), Duration.ofSeconds(3), 1, "");
        granted(claim);
        elapse(Duration.ofMillis(1800));
        granted(claim);
        elapse(Duration.ofMillis(1800));
        assertHeldBy(claim);
    }

    @WaitingTest
    void aClaimAskedAgainWithAShorterTtlShortensNothing() {
        Claim claim = claim("a");
        granted(claim);
        granted(new Claim(claim.hold(), Duration.ofSeconds(30), 1, ""));
        assertTtlIsAbout(LONG, claim);
    }

    @WaitingTest
    void theSameTokenWithAnotherAttemptIsBusy() {
        Claim holder = claim("a");
        long fence = granted(holder).fence();
        Claim other = claim("a");
        assertThat(acquire(other))
                .isInstanceOfSatisfying(
                        Busy.class, busy -> assertThat(busy.fence()).hasValue(fence));
        assertThat(release(other)).isEqualTo(Ownership.TAKEN);
        assertHeldBy(holder);
    }

    @WaitingTest
    void aTokenThatBeginsLikeTheHoldersIsAnother() {
        assertIsAnotherThan("orders@host/42:abc", "orders@host/42");
    }

    @WaitingTest
    void aTokenThatTheHoldersBeginsLikeIsAnother() {
        assertIsAnotherThan("orders@host/42", "orders@host/42:abc");
    }

    private void assertIsAnotherThan(String holdersToken, String otherToken) {
        Claim holder = claim(holdersToken);
        granted(holder);
        Claim other = claim(otherToken);
        busy(other);
        Hold stranger = Hold.byToken(this.key, otherToken);
        assertThat(release(stranger)).isEqualTo(Ownership.TAKEN);
        assertThat(renew(stranger, LONG.multipliedBy(2))).isEqualTo(Ownership.TAKEN);
        assertThat(extend(stranger, SHORT)).isEqualTo(Ownership.TAKEN);
        assertThat(ttl(stranger)).isEmpty();
        assertThat(adopt(other)).isEmpty();
        assertTtlIsAbout(LONG, holder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "0", "é {x} %s \\ \" ' $1 *?[a]", "true", "-1", "~", "a:b"})
    void anyTextIsAToken(String token) {
        Claim claim = claim(token);
        granted(claim);
        busy(claim("other"));
        assertHeldBy(claim);
        assertThat(release(claim)).isEqualTo(Ownership.OURS);
        assertFree();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "order:42:fence", "é ü", "{user}:1", "user:{1}:x", "%s \\ \" ' *", "a{", "rec:{order:42}"})
    void anyTextIsAKeyOfItsOwn(String text) {
        granted(claim("a"));
        LockKey other = new LockKey(this.prefix, text);
        Claim claim = new Claim(hold(other, "b"), LONG, 1, "");
        granted(claim);
        assertThat(release(claim)).isEqualTo(Ownership.OURS);
        assertThat(answer(driver().inspect(other))).isEmpty();
        assertHeldBy(claim("a"));
    }

    @WaitingTest
    void theLongestKeyAndTokenAreKeptWhole() {
        LockKey longKey = new LockKey(this.prefix, "k".repeat(1024));
        Claim claim = new Claim(hold(longKey, "t".repeat(1024)), LONG, 1, "d".repeat(8192));
        granted(claim);
        assertThat(answer(driver().inspect(longKey))).hasValueSatisfying(state -> {
            assertThat(state.token()).isEqualTo(claim.hold().token());
            assertThat(state.details()).contains(claim.details());
        });
        assertThat(release(claim)).isEqualTo(Ownership.OURS);
    }

    @WaitingTest
    void theSameKeyBelowAnotherPrefixIsAnotherKey() {
        granted(claim("a"));
        granted(new Claim(hold(new LockKey(this.prefix + "other:", this.key.key()), "b"), LONG, 1, ""));
    }

    @WaitingTest
    void oneFullKeyIsOneLockWhereverThePrefixEnds() {
        granted(new Claim(hold(new LockKey(this.prefix, "team:x"), "a"), LONG, 1, ""));
        busy(new Claim(hold(new LockKey(this.prefix + "team:", "x"), "b"), LONG, 1, ""));
    }

    @WaitingTest
    void anotherInstanceIsShutOut() {
        Claim holder = claim("a");
        granted(holder);
        assertThat(answer(newDriver("there").acquire(claim("b"))))
                .isInstanceOfSatisfying(
                        Busy.class,
                        busy -> assertThat(busy.token()).isEqualTo(holder.hold().token()));
    }

    // expiry

    @WaitingTest
    void aHoldEndsWithItsTtl() {
        Claim expired = new Claim(hold("a"), Duration.ofSeconds(3), 1, "");
        granted(expired);
        elapse(Duration.ofSeconds(3));
        assertFree();
        assertThat(ttl(expired.hold())).isEmpty();
        granted(claim("b"));
    }

    @WaitingTest
    void whatIsLeftOfAnExpiredHoldIsGone() {
        Hold expired = expiredClaim("a").hold();
        assertThat(renew(expired, LONG)).isEqualTo(Ownership.GONE);
        assertThat(extend(expired, LONG)).isEqualTo(Ownership.GONE);
        assertThat(release(expired)).isEqualTo(Ownership.GONE);
        assertThat(adopt(claim("a"))).isEmpty();
        assertFree();
    }

    @WaitingTest
    void aLateOwnerNeitherRenewsNorReleasesTheNextOne() {
        Claim late = expiredClaim("a");
        Claim next = claim("b");
        granted(next);
        assertThat(renew(late.hold(), LONG.multipliedBy(2))).isEqualTo(Ownership.TAKEN);
        assertThat(extend(late.hold(), SHORT)).isEqualTo(Ownership.TAKEN);
        assertThat(extend(Hold.byToken(this.key, "a"), SHORT)).isEqualTo(Ownership.TAKEN);
        assertThat(release(late)).isEqualTo(Ownership.TAKEN);
        assertThat(release(Hold.byToken(this.key, "a"))).isEqualTo(Ownership.TAKEN);
        assertThat(ttl(late.hold())).isEmpty();
        assertThat(adopt(claim("a"))).isEmpty();
        assertTtlIsAbout(LONG, next);
    }

    // release

    @WaitingTest
    void aReleasedKeyIsFree() {
        Claim claim = claim("a");
        granted(claim);
        assertThat(release(claim)).isEqualTo(Ownership.OURS);
        assertFree();
        granted(claim("b"));
    }

    @WaitingTest
    void aResentReleaseIsOursAgain() {
        Claim claim = claim("a");
        granted(claim);
        assertThat(release(claim)).isEqualTo(Ownership.OURS);
        assertThat(release(claim)).isEqualTo(Ownership.OURS);
        assertFree();
    }

    @WaitingTest
    void aResentReleaseIsOursAgainAndLeavesTheNextOneAlone() {
        Claim claim = claim("a");
        granted(claim);
        release(claim);
        Claim next = claim("b");
        granted(next);
        assertThat(release(claim)).isEqualTo(Ownership.OURS);
        assertHeldBy(next);
    }

    @WaitingTest
    void aResentReleaseLeavesTheNextHoldOfTheSameTokenAlone() {
        Claim claim = claim("a");
        granted(claim);
        release(claim);
        Claim next = claim("a");
        granted(next);
        assertThat(release(claim)).isEqualTo(Ownership.OURS);
        assertHeldBy(next);
    }

    @WaitingTest
    void aLateRenewalDoesNotTakeTheNextHoldOfTheSameTokenForItsOwn() {
        Claim claim = claim("a");
        granted(claim);
        release(claim);
        Claim next = claim("a");
        granted(next);
        assertThat(renew(claim.hold(), LONG.multipliedBy(2))).isEqualTo(Ownership.TAKEN);
        assertThat(renew(next.hold(), LONG.multipliedBy(2))).isEqualTo(Ownership.OURS);
    }

    @WaitingTest
    void whoKnowsTheTokenCanRelease() {
        granted(claim("a"));
        assertThat(release(Hold.byToken(this.key, "a"))).isEqualTo(Ownership.OURS);
        assertFree();
    }

    @WaitingTest
    void aResentReleaseByTokenIsOursAgain() {
        granted(claim("a"));
        release(Hold.byToken(this.key, "a"));
        assertThat(release(Hold.byToken(this.key, "a"))).isEqualTo(Ownership.OURS);
        Claim next = claim("b");
        granted(next);
        assertThat(release(Hold.byToken(this.key, "a"))).isEqualTo(Ownership.OURS);
        assertHeldBy(next);
    }

    @WaitingTest
    void whoseHoldWasReleasedByTokenHasNotReleasedIt() {
        Claim claim = claim("a");
        granted(claim);
        release(Hold.byToken(this.key, "a"));
        assertThat(release(claim)).isEqualTo(Ownership.GONE);
        Claim next = claim("b");
        granted(next);
        assertThat(release(claim)).isEqualTo(Ownership.TAKEN);
        assertHeldBy(next);
    }

    @WaitingTest
    void aReleaseOfAKeyThatNobodyHoldsIsGone() {
        assertThat(release(claim("a"))).isEqualTo(Ownership.GONE);
        assertThat(release(Hold.byToken(this.key, "a"))).isEqualTo(Ownership.GONE);
    }

    @WaitingTest
    void aReleaseOfAnothersHoldIsTakenAndChangesNothing() {
        Claim holder = claim("a");
        granted(holder);
        assertThat(release(claim("b"))).isEqualTo(Ownership.TAKEN);
        assertThat(release(Hold.byToken(this.key, "b"))).isEqualTo(Ownership.TAKEN);
        assertTtlIsAbout(LONG, holder);
    }

    @WaitingTest
    void aResentAcquireDoesNotTakeBackWhatWasReleased() {
        Claim claim = claim("a");
        granted(claim);
        release(claim);
        assertThat(acquire(claim)).isInstanceOf(Ended.class);
        assertFree();
    }

    @WaitingTest
    void aResentAcquireOfAReleasedAttemptIsEndedThoughAnotherHoldsTheKey() {
        Claim claim = claim("a");
        granted(claim);
        release(claim);
        Claim next = claim("b");
        granted(next);
        assertThat(acquire(claim)).isInstanceOf(Ended.class);
        assertHeldBy(next);
    }

    @WaitingTest
    void aResentAcquireDoesNotTakeBackWhatWasReleasedByToken() {
        Claim claim = claim("a");
        granted(claim);
        release(Hold.byToken(this.key, "a"));
        assertThat(acquire(claim)).isInstanceOf(Ended.class);
        assertFree();
    }

    @WaitingTest
    void aResentAcquireIsEndedThoughOthersHeldTheKeySince() {
        Claim claim = claim("a");
        granted(claim);
        release(claim);
        for (int i = 0; i < 5; i++) {
            Claim next = claim("b" + i);
            granted(next);
            release(next);
        }
        assertThat(acquire(claim)).isInstanceOf(Ended.class);
        assertThat(release(claim)).isEqualTo(Ownership.OURS);
        assertFree();
    }

    @WaitingTest
    void aReleaseCanKeepTheKeyFromEverybodyForAWhile() {
        Claim claim = claim("a");
        granted(claim);
        Duration keepFor = Duration.ofSeconds(2);
        assertThat(answer(driver().release(new Release(claim.hold(), keepFor)))).isEqualTo(Ownership.OURS);
        assertThat(acquire(claim("b")))
                .isInstanceOfSatisfying(
                        Busy.class,
                        busy -> assertThat(busy.freeIn())
                                .hasValueSatisfying(freeIn -> assertThat(freeIn).isLessThanOrEqualTo(keepFor)));
        assertThat(acquire(claim)).isInstanceOf(Ended.class);
        elapse(keepFor);
        assertFree();
        granted(claim("c"));
    }

    @WaitingTest
    void aKeyCanBeKeptForLongerThanTheHoldWouldHaveLived() {
        Claim claim = claim("a");
        granted(claim);
        extend(claim.hold(), SHORT.multipliedBy(4));
        assertThat(answer(driver().release(new Release(claim.hold(), LONG)))).isEqualTo(Ownership.OURS);
        elapse(SHORT.multipliedBy(4));
        busy(claim("b"));
    }

    // renew

    @WaitingTest
    void aRenewalLengthensTheHoldToItsTtl() {
        Claim claim = new Claim(hold("a"), Duration.ofSeconds(30), 1, "");
        granted(claim);
        assertThat(renew(claim.hold(), LONG)).isEqualTo(Ownership.OURS);
        assertTtlIsAbout(LONG, claim);
    }

    @WaitingTest
    void aRenewalNeverShortensTheHold() {
        Claim claim = claim("a");
        granted(claim);
        assertThat(renew(claim.hold(), Duration.ofSeconds(30))).isEqualTo(Ownership.OURS);
        assertTtlIsAbout(LONG, claim);
    }

    @WaitingTest
    void aRenewalCountsFromNowAndIsNotAddedUp() {
        Claim claim = claim("a");
        granted(claim);
        renew(claim.hold(), LONG);
        renew(claim.hold(), LONG);
        assertTtlIsAbout(LONG, claim);
    }

    @WaitingTest
    void aRenewalKeepsTokenFenceAndDetails() {
        Claim claim = claim("a");
        long fence = granted(claim).fence();
        renew(claim.hold(), LONG);
        KeyState state = inspect();
        assertThat(state.token()).isEqualTo("a");
        assertThat(state.fence()).hasValue(fence);
        assertThat(state.details()).contains(claim.details());
    }

    @WaitingTest
    void aRenewalNeverBringsAKeyBack() {
        assertThat(renew(hold("a"), LONG)).isEqualTo(Ownership.GONE);
        assertFree();
    }

    @WaitingTest
    void oneRenewalSaysNothingOfTheOthers() {
        Claim mine = claim("a");
        granted(mine);
        LockKey freeKey = new LockKey(this.prefix, "free");
        Claim another = new Claim(hold(new LockKey(this.prefix, "another's"), "x"), LONG, 1, "");
        granted(another);
        Claim alsoMine = new Claim(hold(new LockKey(this.prefix, "also mine"), "a"), Duration.ofSeconds(30), 1, "");
        granted(alsoMine);
        List<Ownership> answers = driver()
                .renew(List.of(
                        new Renewal(mine.hold(), LONG),
                        new Renewal(hold(freeKey, "a"), LONG),
                        new Renewal(hold(another.key(), "a"), LONG),
                        new Renewal(hold(mine.key(), "stale"), LONG),
                        new Renewal(alsoMine.hold(), LONG)))
                .stream()
                .map(LockDriverContract::answer)
                .toList();
        assertThat(answers)
                .containsExactly(Ownership.OURS, Ownership.GONE, Ownership.TAKEN, Ownership.TAKEN, Ownership.OURS);
        assertTtlIsAbout(LONG, alsoMine);
    }

    @WaitingTest
    void manyHoldsAreRenewedAtOnceAndAnsweredInOrder() {
        List<Claim> claims = IntStream.range(0, 250)
                .mapToObj(i ->
                        new Claim(hold(new LockKey(this.prefix, "many:" + i), "a"), Duration.ofSeconds(60), 1, ""))
                .toList();
        List<CompletionStage<Attempt>> grants =
                claims.stream().map(driver()::acquire).toList();
        assertThat(grants.stream().map(LockDriverContract::answer)).allMatch(Granted.class::isInstance);
        for (int i = 0; i < claims.size(); i += 10) {
            release(claims.get(i));
        }
        List<CompletionStage<Ownership>> answers = driver().renew(claims.stream()
                .map(claim -> new Renewal(claim.hold(), LONG))
                .toList());
        assertThat(answers).hasSameSizeAs(claims);
        for (int i = 0; i < claims.size(); i++) {
            assertThat(answer(answers.get(i))).isEqualTo(i % 10 == 0 ? Ownership.GONE : Ownership.OURS);
        }
        assertTtlIsAbout(LONG, claims.get(249));
    }

    @WaitingTest
    void nothingToRenewIsNothingToAsk() {
        assertThat(driver().renew(List.of())).isEmpty();
    }

    // extend

    @WaitingTest
    void anExtensionSetsTheTtlLongerOrShorterCountedFromNow() {
        Claim claim = new Claim(hold("a"), Duration.ofMinutes(2), 1, "");
        granted(claim);
        assertThat(extend(claim.hold(), LONG)).isEqualTo(Ownership.OURS);
        assertTtlIsAbout(LONG, claim);
        assertThat(extend(claim.hold(), Duration.ofMinutes(1))).isEqualTo(Ownership.OURS);
        assertTtlIsAbout(Duration.ofMinutes(1), claim);
        assertThat(extend(claim.hold(), Duration.ofMinutes(1))).isEqualTo(Ownership.OURS);
        assertTtlIsAbout(Duration.ofMinutes(1), claim);
    }

    @WaitingTest
    void aShortenedHoldEndsEarlier() {
        Claim claim = claim("a");
        granted(claim);
        expire(claim);
        granted(claim("b"));
    }

    @WaitingTest
    void whoKnowsTheTokenCanExtend() {
        Claim claim = new Claim(hold("a"), Duration.ofSeconds(30), 1, "");
        granted(claim);
        assertThat(extend(Hold.byToken(this.key, "a"), LONG)).isEqualTo(Ownership.OURS);
        assertTtlIsAbout(LONG, claim);
    }

    @WaitingTest
    void anExtensionNeverBringsAKeyBack() {
        assertThat(extend(hold("a"), LONG)).isEqualTo(Ownership.GONE);
        assertFree();
    }

    // adopt

    @WaitingTest
    void anAdoptedHoldGoesOnUnderANewAttempt() {
        Claim first = claim("a");
        long fence = granted(first).fence();
        Claim adopter = new Claim(hold("a"), LONG.multipliedBy(2), 1, "adopter");
        assertThat(adopt(adopter)).hasValueSatisfying(granted -> {
            assertThat(granted.fence()).isEqualTo(fence);
            assertThat(granted.fences()).isEqualTo(1);
        });
        assertTtlIsAbout(LONG.multipliedBy(2), adopter);
        assertThat(inspect().details()).contains("adopter");
        assertThat(release(first)).isEqualTo(Ownership.TAKEN);
        assertThat(acquire(first)).isInstanceOf(Ended.class);
        assertHeldBy(adopter);
        assertThat(release(adopter)).isEqualTo(Ownership.OURS);
        assertFree();
    }

    @WaitingTest
    void anAdoptedHoldHasTheLastOfTheReservedFences() {
        Claim first = new Claim(hold("a"), LONG, 20, "");
        long fence = granted(first).fence();
        Claim adopter = claim("a");
        assertThat(adopt(adopter)).contains(new Granted(fence + 19, 1));
        release(adopter);
        assertThat(granted(claim("b")).fence()).isGreaterThan(fence + 19);
    }

    @WaitingTest
    void adoptingTwiceIsAdoptingOnce() {
        granted(claim("a"));
        Claim adopter = claim("a");
        Optional<Granted> first = adopt(adopter);
        assertThat(first).isPresent();
        assertThat(adopt(adopter)).isEqualTo(first);
        assertThat(release(adopter)).isEqualTo(Ownership.OURS);
        assertThat(adopt(adopter)).isEmpty();
        assertFree();
    }

    @WaitingTest
    void adoptingNeverShortensTheHold() {
        granted(claim("a"));
        Claim adopter = new Claim(hold("a"), Duration.ofSeconds(30), 1, "");
        assertThat(adopt(adopter)).isPresent();
        assertTtlIsAbout(LONG, adopter);
    }

    @WaitingTest
    void whoseHoldWasAdoptedCanNeitherExtendItNorAskForItsTtl() {
        Claim first = claim("a");
        granted(first);
        Claim adopter = claim("a");
        assertThat(adopt(adopter)).isPresent();
        assertThat(extend(first.hold(), SHORT)).isEqualTo(Ownership.TAKEN);
        assertThat(ttl(first.hold())).isEmpty();
        assertTtlIsAbout(LONG, adopter);
        assertThat(extend(adopter.hold(), LONG.multipliedBy(2))).isEqualTo(Ownership.OURS);
        assertTtlIsAbout(LONG.multipliedBy(2), adopter);
        assertThat(extend(Hold.byToken(this.key, "a"), LONG)).isEqualTo(Ownership.OURS);
        assertTtlIsAbout(LONG, adopter);
    }

    @WaitingTest
    void theNextHoldOfTheSameTokenIsNeitherExtendedNorShownByTheLastOne() {
        Claim last = claim("a");
        granted(last);
        release(Hold.byToken(this.key, "a"));
        Claim next = claim("a");
        granted(next);
        assertThat(extend(last.hold(), SHORT)).isEqualTo(Ownership.TAKEN);
        assertThat(ttl(last.hold())).isEmpty();
        assertTtlIsAbout(LONG, next);
    }

    @WaitingTest
    void anAdoptionThatIsTakenBackNeverHappened() {
        Claim first = claim("a");
        granted(first);
        Claim adopter = claim("a");
        assertThat(adopt(adopter)).isPresent();
        assertThat(disown(adopter)).isEqualTo(Ownership.OURS);
        assertThat(extend(adopter.hold(), SHORT)).isEqualTo(Ownership.TAKEN);
        assertThat(release(adopter)).isEqualTo(Ownership.TAKEN);
        assertThat(adopt(adopter)).as("late").isEmpty();
        assertThat(disown(adopter)).as("again").isEqualTo(Ownership.TAKEN);
        assertThat(renew(first.hold(), LONG)).isEqualTo(Ownership.OURS);
        assertTtlIsAbout(LONG, first);
        assertThat(release(first)).isEqualTo(Ownership.OURS);
        assertFree();
    }

    @WaitingTest
    void anAdoptionThatComesAfterItWasTakenBackIsRefused() {
        Claim first = claim("a");
        granted(first);
        Claim adopter = claim("a");
        assertThat(disown(adopter)).isEqualTo(Ownership.TAKEN);
        assertThat(adopt(adopter)).isEmpty();
        assertThat(renew(first.hold(), LONG)).isEqualTo(Ownership.OURS);
        assertThat(adopt(claim("a"))).as("by another attempt").isPresent();
    }

    @WaitingTest
    void ofTwoAdoptionsTheLastIsTakenBackToTheFirst() {
        granted(claim("a"));
        Claim first = claim("a");
        Claim last = claim("a");
        assertThat(adopt(first)).isPresent();
        assertThat(adopt(last)).isPresent();
        assertThat(adopt(first)).as("late").isEmpty();
        assertThat(disown(last)).isEqualTo(Ownership.OURS);
        assertThat(renew(first.hold(), LONG)).isEqualTo(Ownership.OURS);
        assertThat(release(first)).isEqualTo(Ownership.OURS);
        assertFree();
    }

    @WaitingTest
    void aResentAcquireDoesNotTakeBackWhatWasAdoptedAndReleased() {
        Claim first = claim("a");
        granted(first);
        Claim adopter = claim("a");
        assertThat(adopt(adopter)).isPresent();
        release(adopter);
        assertThat(acquire(first)).isInstanceOf(Ended.class);
        assertFree();
    }

    @WaitingTest
    void whatNobodyHoldsCannotBeAdopted() {
        assertThat(adopt(claim("a"))).isEmpty();
        assertFree();
    }

    // ttl and inspect

    @WaitingTest
    void theTtlIsThatOfTheOwnHoldOnly() {
        Claim claim = claim("a");
        assertThat(ttl(claim.hold())).isEmpty();
        granted(claim);
        assertTtlIsAbout(LONG, claim);
        assertThat(ttl(Hold.byToken(this.key, "a"))).isPresent();
        assertThat(ttl(hold("b"))).isEmpty();
        release(claim);
        assertThat(ttl(claim.hold())).isEmpty();
    }

    @WaitingTest
    void aLookAtAKeyShowsHolderFenceAndDetails() {
        assertThat(answer(driver().inspect(this.key))).isEmpty();
        Claim claim = new Claim(hold("a"), LONG, 5, "who: é\n\"{x}\" %s\t\\n");
        Granted granted = granted(claim);
        KeyState state = inspect();
        assertThat(state.token()).isEqualTo("a");
        assertThat(state.fence()).hasValue(granted.fence());
        assertThat(state.details()).contains(claim.details());
        assertThat(state.waiting()).isEmpty();
        assertThat(state.remaining())
                .hasValueSatisfying(remaining ->
                        assertThat(remaining).isLessThanOrEqualTo(LONG).isCloseTo(LONG, Duration.ofSeconds(30)));
    }

    @WaitingTest
    void theNextHolderShowsItsOwnDetails() {
        expiredClaim("a");
        granted(new Claim(hold("b"), LONG, 1, "b's"));
        assertThat(inspect().token()).isEqualTo("b");
        assertThat(inspect().details()).contains("b's");
    }

    // fences

    @WaitingTest
    void fencesStrictlyGrowOverReleaseExpiryAndAdoption() {
        List<Long> fences = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            Claim released = claim("a");
            fences.add(granted(released).fence());
            release(released);
            Claim expiring = claim("b");
            fences.add(granted(expiring).fence());
            expire(expiring);
            Claim adopted = claim("c");
            Claim adopter = claim("c");
            fences.add(granted(adopted).fence());
            assertThat(adopt(adopter)).isPresent();
            release(adopter);
        }
        assertThat(fences).isSorted().doesNotHaveDuplicates();
    }

    @WaitingTest
    void fencesStrictlyGrowThoughTheRecordIsForgotten() {
        forgetSoon();
        long before = granted(claim("b")).fence();
        release(Hold.byToken(this.key, "b"));
        elapse(RETENTION);
        assertThat(stored(this.prefix)).isEmpty();
        assertThat(granted(claim("c")).fence()).isGreaterThan(before);
    }

    @WaitingTest
    void fencesOfManyQuickHoldsStrictlyGrow() {
        long last = 0;
        for (int i = 0; i < 200; i++) {
            Claim claim = claim("a");
            long fence = granted(claim).fence();
            assertThat(fence).isGreaterThan(last);
            last = fence;
            release(claim);
        }
    }

    @WaitingTest
    void theFencesOfABlockAreNobodyElses() {
        Claim claim = new Claim(hold("a"), LONG, 1000, "");
        Granted block = granted(claim);
        assertThat(block.fences()).isEqualTo(1000);
        answer(driver().release(new Release(claim.hold(), Duration.ZERO)));
        assertThat(granted(claim("b")).fence()).isGreaterThanOrEqualTo(block.fence() + 1000);
    }

    @WaitingTest
    void theFencesOfAnExpiredBlockAreNobodyElses() {
        Claim claim = new Claim(hold("a"), LONG, 1_000_000, "");
        Granted block = granted(claim);
        expire(claim);
        assertThat(granted(claim("b")).fence()).isGreaterThanOrEqualTo(block.fence() + 1_000_000);
    }

    @WaitingTest
    void theFencesOfABlockReleasedByTokenAreNobodyElses() {
        Granted block = granted(new Claim(hold("a"), LONG, 1_000_000, ""));
        release(Hold.byToken(this.key, "a"));
        assertThat(granted(claim("b")).fence()).isGreaterThanOrEqualTo(block.fence() + 1_000_000);
    }

    @WaitingTest
    void blocksOfFencesDoNotOutrunTheClock() {
        Claim first = new Claim(hold("a"), LONG, 1_000_000_000, "");
        Granted block = granted(first);
        release(first);
        Claim second = new Claim(hold("b"), LONG, 1_000_000_000, "");
        Granted next = granted(second);
        assertThat(next.fences()).isEqualTo(1);
        assertThat(next.fence() - block.fence() - 1_000_000_000)
                .as("several stores need not agree on the last number, only on one above all that were used")
                .isBetween(0L, 1_000_000L);
    }

    // hygiene

    @WaitingTest
    void nothingIsLeftOfAReleasedHoldAfterTheRetention() {
        forgetSoon();
        Claim claim = claim("a");
        granted(claim);
        busy(claim("b"));
        release(claim);
        elapse(RETENTION);
        assertThat(stored(this.prefix)).isEmpty();
    }

    @WaitingTest
    void nothingIsLeftOfAHoldShorterThanTheRetentionEither() {
        forgetSoon();
        Claim claim = new Claim(hold("a"), RETENTION, 1, "");
        for (int i = 0; i < 3; i++) {
            granted(claim);
            release(claim);
            claim = new Claim(hold("a"), RETENTION, 1, "");
        }
        assertFree();
        elapse(RETENTION);
        assertThat(stored(this.prefix)).isEmpty();
    }

    @WaitingTest
    void nothingIsLeftOfAnExpiredHoldAfterTheRetention() {
        forgetSoon();
        expiredClaim("a");
        elapse(RETENTION);
        assertThat(stored(this.prefix)).isEmpty();
    }

    @WaitingTest
    void nothingIsLeftOfAHolderThatNeverCameBackAfterTheRetention() {
        forgetSoon();
        Duration ttl = Duration.ofSeconds(3);
        granted(new Claim(hold("a"), ttl, 1, ""));
        elapse(ttl.plus(RETENTION));
        assertThat(stored(this.prefix)).isEmpty();
    }

    @WaitingTest
    void nothingIsLeftOfAnAdoptedAndShortenedHoldAfterTheRetention() {
        forgetSoon();
        Claim claim = claim("a");
        granted(claim);
        Claim adopter = claim("a");
        adopt(adopter);
        expire(adopter);
        elapse(RETENTION);
        assertThat(stored(this.prefix)).isEmpty();
    }

    @WaitingTest
    void questionsAboutAFreeKeyLeaveNothing() {
        Hold nobodys = hold("a");
        release(Hold.byToken(this.key, "a"));
        renew(nobodys, LONG);
        extend(nobodys, LONG);
        ttl(nobodys);
        adopt(claim("a"));
        disown(claim("a"));
        answer(driver().inspect(this.key));
        assertThat(stored(this.prefix)).isEmpty();
    }

    @WaitingTest
    void whatIsKnownOfTheHolderLivesAsLongAsTheHoldIsRenewed() {
        forgetSoon();
        Claim claim = new Claim(hold("a"), LONG, 7, "who");
        Granted granted = granted(claim);
        extend(claim.hold(), Duration.ofSeconds(3));
        assertThat(renew(claim.hold(), LONG)).isEqualTo(Ownership.OURS);
        elapse(Duration.ofSeconds(3).plus(RETENTION).plus(SHORT));
        assertThat(inspect().details()).contains("who");
        assertThat(inspect().fence()).hasValue(granted.fence());
        assertThat(acquire(claim)).isEqualTo(granted);
    }

    @WaitingTest
    void aClosedDriverAnswersNothingAndStaysClosed() {
        LockDriver closed = newDriver("closed");
        closed.close();
        closed.close();
        assertThatExceptionOfType(LockDriverException.class).isThrownBy(() -> answer(closed.acquire(claim("a"))));
        assertFree();
    }

    // questions and answers

    protected final Hold hold(String token) {
        return hold(this.key, token);
    }

    /** A new attempt, whatever the token. */
    protected final Hold hold(LockKey key, String token) {
        return new Hold(key, token, "attempt-" + ATTEMPTS.incrementAndGet());
    }

    protected final Claim claim(String token) {
        return new Claim(hold(token), LONG, 1, "details of " + token);
    }

    protected final Claim expiredClaim(String token) {
        Claim claim = claim(token);
        granted(claim);
        expire(claim);
        return claim;
    }

    /** Not with a short ttl from the start: a test that is held up must not find it expired too early. */
    protected final void expire(Claim claim) {
        assertThat(extend(claim.hold(), SHORT)).isEqualTo(Ownership.OURS);
        elapse(SHORT);
    }

    protected final Attempt acquire(Claim claim) {
        return answer(driver().acquire(claim));
    }

    protected final Granted granted(Claim claim) {
        Attempt attempt = acquire(claim);
        assertThat(attempt).isInstanceOf(Granted.class);
        return (Granted) attempt;
    }

    protected final Busy busy(Claim claim) {
        Attempt attempt = acquire(claim);
        assertThat(attempt).isInstanceOf(Busy.class);
        return (Busy) attempt;
    }

    protected final Ownership release(Claim claim) {
        return answer(driver().release(new Release(claim.hold(), Duration.ZERO)));
    }

    protected final Ownership release(Hold hold) {
        return answer(driver().release(new Release(hold, Duration.ZERO)));
    }

    protected final Ownership renew(Hold hold, Duration ttl) {
        return answer(driver().renew(List.of(new Renewal(hold, ttl))).get(0));
    }

    protected final Ownership extend(Hold hold, Duration ttl) {
        return answer(driver().extend(hold, ttl));
    }

    protected final Optional<Duration> ttl(Hold hold) {
        return answer(driver().ttl(hold));
    }

    protected final Optional<Granted> adopt(Claim claim) {
        return answer(driver().adopt(claim));
    }

    protected final Ownership disown(Claim adopter) {
        return answer(driver().disown(adopter.hold()));
    }

    protected final KeyState inspect() {
        return answer(driver().inspect(this.key)).orElseThrow();
    }

    protected final void assertFree() {
        assertThat(answer(driver().inspect(this.key))).isEmpty();
    }

    protected final void assertHeldBy(Claim claim) {
        assertThat(answer(driver().inspect(this.key)))
                .map(KeyState::token)
                .contains(claim.hold().token());
    }

    protected final void assertTtlIsAbout(Duration ttl, Claim claim) {
        assertThat(answer(driver().ttl(claim.hold())))
                .hasValueSatisfying(
                        left -> assertThat(left).isLessThanOrEqualTo(ttl).isCloseTo(ttl, Duration.ofSeconds(20)));
    }

    /** The answer of a store, or its exception. */
    protected static <T> T answer(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | CompletionException ex) {
            if (ex.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(ex.getCause());
        } catch (InterruptedException | TimeoutException ex) {
            throw new AssertionError("No answer", ex);
        }
    }
}
