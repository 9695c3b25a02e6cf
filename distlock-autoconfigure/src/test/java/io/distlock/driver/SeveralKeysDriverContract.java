package io.distlock.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.WaitingTest;
import io.distlock.driver.Attempt.Busy;
import io.distlock.driver.Attempt.Granted;
import io.distlock.driver.LineDriver.Grant;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.SeveralKeysDriver.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

/** What a store must do beyond {@link LineDriverContract} to grant several keys, and free them, in one step. */
public abstract class SeveralKeysDriverContract extends LineDriverContract {

    /** In one slot, wherever there are slots. */
    private LockKey key(int number) {
        return new LockKey(this.prefix, "{all}" + number);
    }

    private Claim claim(int key, String token) {
        return new Claim(hold(key(key), token), LONG, 1, "details of " + token);
    }

    private List<Claim> claims(String token, int... keys) {
        return Arrays.stream(keys).mapToObj(key -> claim(key, token + key)).toList();
    }

    @WaitingTest
    void freeKeysAreAllGrantedWithAFenceEach() {
        List<Claim> claims = claims("t", 1, 2, 3);
        List<Granted> grants = allGranted(claims);
        assertThat(grants).hasSize(3).allSatisfy(granted -> {
            assertThat(granted.fence()).isPositive();
            assertThat(granted.fences()).isEqualTo(1);
        });
        for (int i = 0; i < 3; i++) {
            KeyState state = state(i + 1);
            assertThat(state.token()).isEqualTo("t" + (i + 1));
            assertThat(state.fence()).hasValue(grants.get(i).fence());
            assertThat(state.details()).contains("details of t" + (i + 1));
            assertThat(ttl(claims.get(i).hold()))
                    .hasValueSatisfying(left -> assertThat(left).isBetween(LONG.minusSeconds(30), LONG));
        }
    }

    @WaitingTest
    void fencesGrowFromGrantToGrantTogetherOrNot() {
        List<Claim> claims = claims("a", 1, 2);
        List<Granted> first = allGranted(claims);
        releaseAll(claims);
        Claim alone = claim(1, "alone");
        long between = granted(alone).fence();
        release(alone);
        List<Granted> second = allGranted(claims("b", 1, 2));
        assertThat(between).isGreaterThan(first.get(0).fence());
        assertThat(second.get(0).fence()).isGreaterThan(between);
        assertThat(second.get(1).fence()).isGreaterThan(first.get(1).fence());
    }

    @WaitingTest
    void oneHeldKeyRefusesAllAndLeavesNothing() {
        Claim holder = claim(2, "holder");
        long fence = granted(holder).fence();
        assertThat(acquireAll(claims("t", 1, 2, 3))).isInstanceOfSatisfying(Together.Refused.class, refused -> {
            assertThat(refused.index()).isEqualTo(1);
            assertThat(refused.busy().token()).isEqualTo("holder");
            assertThat(refused.busy().fence()).hasValue(fence);
            assertThat(refused.busy().freeIn()).isPresent();
        });
        assertFree(1);
        assertFree(3);
        assertThat(stored(this.prefix)).allMatch(name -> name.contains("{all}2"));
        assertThat(state(2).waiting()).isEmpty();
        assertThat(ttl(holder.hold())).isPresent();
    }

    @WaitingTest
    void whoStandsInLineAtAFreeKeyComesFirst() {
        Claim holder = claim(2, "holder");
        granted(holder);
        Question waiter = standing(question("A", claim(2, "waiter")));
        expire(holder);
        assertThat(acquireAll(claims("t", 1, 2, 3)))
                .isInstanceOfSatisfying(
                        Together.Refused.class,
                        refused -> assertThat(refused.busy().token()).isEqualTo("waiter"));
        assertThat(line(again(waiter))).isInstanceOf(Granted.class);
        assertFree(1);
    }

    @WaitingTest
    void theDeadInLineHinderNobody() {
        Claim holder = claim(2, "holder");
        granted(holder);
        standing(new Question(claim(2, "dead"), "D", 1, SHORT));
        expire(holder);
        allGranted(claims("t", 1, 2, 3));
        assertThat(state(2).waiting()).isEmpty();
    }

    @WaitingTest
    void askedTwiceTheyAreGrantedOnce() {
        List<Claim> claims = claims("t", 1, 2, 3);
        List<Granted> grants = allGranted(claims);
        extend(claims.get(0).hold(), Duration.ofMinutes(1));
        assertThat(allGranted(claims)).isEqualTo(grants);
        assertThat(ttl(claims.get(0).hold()))
                .hasValueSatisfying(left -> assertThat(left).isGreaterThan(Duration.ofMinutes(5)));
    }

    @WaitingTest
    void aLateRefusalEndsWhatTheSameQuestionWasGranted() {
        List<Claim> claims = claims("t", 1, 2, 3);
        allGranted(claims);
        Question waiter = standing(question("A", claim(3, "waiter")));
        expire(claims.get(1));
        granted(claim(2, "next"));
        assertThat(acquireAll(claims))
                .isInstanceOfSatisfying(
                        Together.Refused.class,
                        refused -> assertThat(refused.index()).isEqualTo(1));
        assertFree(1);
        assertThat(line(again(waiter))).isInstanceOf(Granted.class);
    }

    @WaitingTest
    void whatWasLeftIsGrantedNoMore() {
        List<Claim> claims = claims("t", 1, 2);
        claims.forEach(claim -> answer(driver().leave(new Question(claim, "", 0, Duration.ZERO))));
        assertThat(acquireAll(claims)).isInstanceOf(Together.Apart.class);
        assertFree(1);
        assertFree(2);
    }

    @WaitingTest
    void aReleaseOfAllHandsEachKeyOn() {
        List<Grant> messages = listen(driver());
        List<Claim> claims = claims("t", 1, 2, 3);
        allGranted(claims);
        standing(question("A", claim(1, "a")));
        standing(question("C", claim(3, "c")));
        assertThat(releaseAll(claims)).containsOnly(Ownership.OURS);
        await().until(() -> messages.size() == 2);
        assertThat(messages).extracting(grant -> grant.hold().token()).containsExactlyInAnyOrder("a", "c");
        assertThat(state(1).token()).isEqualTo("a");
        assertFree(2);
        assertThat(state(3).token()).isEqualTo("c");
    }

    @WaitingTest
    void eachReleaseIsAnsweredForItself() {
        List<Claim> claims = claims("t", 1, 2, 3, 4);
        allGranted(claims);
        release(claims.get(0));
        expire(claims.get(1));
        expire(claims.get(2));
        granted(claim(3, "next"));
        List<Ownership> expected = List.of(Ownership.OURS, Ownership.GONE, Ownership.TAKEN, Ownership.OURS);
        assertThat(releaseAll(claims)).isEqualTo(expected);
        assertThat(releaseAll(claims)).isEqualTo(expected);
        assertThat(state(3).token()).isEqualTo("next");
    }

    @WaitingTest
    void aKeyThatIsKeptForAWhileIsKept() {
        List<Claim> claims = claims("t", 1, 2);
        allGranted(claims);
        assertThat(answers(several()
                        .releaseAll(List.of(
                                new Release(claims.get(0).hold(), Duration.ofMinutes(1)),
                                new Release(claims.get(1).hold(), Duration.ZERO)))))
                .containsOnly(Ownership.OURS);
        assertThat(acquire(claim(1, "early"))).isInstanceOf(Busy.class);
        assertFree(2);
    }

    @WaitingTest
    void manyKeysAreTakenInAFewSteps() {
        List<LockKey> keys = IntStream.range(0, 250).mapToObj(this::key).toList();
        List<Claim> taken = new ArrayList<>();
        int steps = 0;
        while (taken.size() < keys.size()) {
            List<LockKey> rest = keys.subList(taken.size(), keys.size());
            List<Claim> next = rest.subList(0, several().together(rest)).stream()
                    .map(key -> new Claim(hold(key, "t"), LONG, 1, ""))
                    .toList();
            allGranted(next);
            taken.addAll(next);
            steps++;
        }
        assertThat(steps).isLessThanOrEqualTo(3);
        assertThat(releaseAll(taken)).hasSize(250).containsOnly(Ownership.OURS);
        assertFree(0);
        assertFree(249);
    }

    @WaitingTest
    void oneKeyIsNeverInTwoHands() throws Exception {
        AtomicIntegerArray inside = new AtomicIntegerArray(4);
        List<Callable<Integer>> calls = IntStream.range(0, 4)
                .mapToObj(caller -> (Callable<Integer>) () -> callsInside(caller, inside))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            int granted = 0;
            for (Future<Integer> future : threads.invokeAll(calls, 30, TimeUnit.SECONDS)) {
                granted += future.get();
            }
            assertThat(granted).isPositive();
        } finally {
            threads.shutdownNow();
        }
        IntStream.range(0, 4).forEach(this::assertFree);
    }

    private int callsInside(int caller, AtomicIntegerArray inside) {
        int granted = 0;
        for (int i = 0; i < 25; i++) {
            int left = caller;
            int right = (caller + 1) % 4;
            List<Claim> claims = claims("t" + caller + "-" + i + "-", Math.min(left, right), Math.max(left, right));
            if (acquireAll(claims) instanceof Together.Granted) {
                granted++;
                for (int key : new int[] {left, right}) {
                    assertThat(inside.incrementAndGet(key)).isEqualTo(1);
                    inside.decrementAndGet(key);
                }
                List<Claim> reverse = new ArrayList<>(claims);
                Collections.reverse(reverse);
                releaseAll(reverse);
            }
        }
        return granted;
    }

    @WaitingTest
    void nothingIsLeftOfKeysHeldTogetherAfterTheRetention() {
        forgetSoon();
        List<Claim> claims = claims("t", 1, 2);
        allGranted(claims);
        releaseAll(claims);
        elapse(RETENTION);
        assertThat(stored(this.prefix)).isEmpty();
    }

    private SeveralKeysDriver several() {
        return (SeveralKeysDriver) driver();
    }

    private Together acquireAll(List<Claim> claims) {
        return answer(several().acquireAll(claims));
    }

    private List<Granted> allGranted(List<Claim> claims) {
        Together answer = acquireAll(claims);
        assertThat(answer).isInstanceOf(Together.Granted.class);
        return ((Together.Granted) answer).grants();
    }

    private List<Ownership> releaseAll(List<Claim> claims) {
        return answers(several()
                .releaseAll(claims.stream()
                        .map(claim -> new Release(claim.hold(), Duration.ZERO))
                        .toList()));
    }

    private static List<Ownership> answers(List<CompletionStage<Ownership>> stages) {
        return stages.stream().map(LockDriverContract::answer).toList();
    }

    private KeyState state(int key) {
        return answer(driver().inspect(key(key))).orElseThrow();
    }

    private void assertFree(int key) {
        assertThat(answer(driver().inspect(key(key)))).isEmpty();
    }
}
