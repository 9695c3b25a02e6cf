package io.distlock.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Cases;
import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a majority of five real servers makes of answers, silence and loss. */
class QuorumTests extends SeveralNodes {

    private static RedisNodes nodes;

    @BeforeAll
    static void start() {
        nodes = RedisNodes.start(5);
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Override
    RedisNodes nodes() {
        return nodes;
    }

    @Test
    @Cases({"RS-1", "RS-10"})
    void everySubsetInOtherHandsLeavesTheLockToWhoHasAMajorityOfTheRestAndNothingOtherwise() {
        LockDriver quorum = quorum();
        for (int taken = 0; taken < 32; taken++) {
            int left = 5;
            StringBuilder others = new StringBuilder();
            for (int i = 0; i < 5; i++) {
                boolean clogged = (taken & 1 << i) != 0;
                left -= clogged ? 1 : 0;
                others.append(clogged ? "x" : "-");
                if (clogged) {
                    nodes.get(i).call("SET", this.key.full(), "x", "PX", "60000");
                }
            }
            Claim claim = claim("a");
            Attempt attempt = answer(quorum.acquire(claim));
            if (left >= 3) {
                assertThat(attempt).isInstanceOf(Attempt.Granted.class);
                await().until(() -> holders().equals(others.toString().replace("-", "a")));
                answer(quorum.release(new Release(claim.hold(), Duration.ZERO)));
            } else {
                assertThat(attempt)
                        .isInstanceOfSatisfying(
                                Attempt.Busy.class,
                                busy -> assertThat(busy.token()).isEqualTo("x"))
                        .isInstanceOfSatisfying(
                                Attempt.Busy.class,
                                busy -> assertThat(busy.nodes())
                                        .isNotEmpty()
                                        .allSatisfy(node -> assertThat(
                                                        others.charAt(node.charAt(node.length() - 1) - '0'))
                                                .isEqualTo('x')));
            }
            await().until(() -> holders().equals(others.toString()));
            for (int i = 0; i < 5; i++) {
                nodes.get(i).call("DEL", this.key.full());
            }
        }
    }

    @Test
    @Cases("RS-A4")
    void twoCallersWithOneTokenStillExcludeEachOther() {
        LockDriver one = quorum();
        LockDriver other = quorum();
        Claim claim = claim("same");
        granted(one.acquire(claim));
        for (int i = 0; i < 3; i++) {
            assertThat(answer(other.acquire(claim("same")))).isInstanceOf(Attempt.Busy.class);
        }
        await().until(() -> holders().equals("same".repeat(5)));
        assertThat(renew(one, claim)).isEqualTo(Ownership.OURS);
    }

    @Test
    void anAnswerThatIsMissingIsEndedLikeAPositiveOne() {
        LockDriver quorum = quorum();
        this.spied.repliesLost.addAll(List.of("0 vote", "1 vote", "2 vote"));
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.acquire(claim("a"))))
                .withMessageStartingWith("3 of 5 nodes gave no answer, and 3 must: ")
                .withMessageContaining("node-1 (did not answer)")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactlyInAnyOrder(
                                "node node-0: did not answer",
                                "node node-1: did not answer",
                                "node node-2: did not answer"));
        await().until(() -> holders().equals("-----"));
    }

    @Test
    void whatCannotBeEndedNowIsEndedWhenTheNodeAnswersAgain() {
        LockDriver quorum = quorum();
        this.spied.repliesLost.addAll(List.of("0 vote", "1 vote", "2 vote"));
        this.spied.unanswered.add("0 undo");
        assertThatExceptionOfType(LockDriverException.class).isThrownBy(() -> answer(quorum.acquire(claim("a"))));
        await().until(() -> holders().equals("a----"));
        this.spied.unanswered.clear();
        await().until(() -> holders().equals("-----"));
    }

    @Test
    void aNodeThatIsBusyForThisAttemptIsLeftAlone() {
        LockDriver quorum = quorum(knownNodes(), true);
        for (int i = 0; i < 3; i++) {
            nodes.get(i).call("SET", this.key.full(), "x", "PX", "60000");
        }
        answer(quorum.acquire(claim("a")));
        await().until(() -> holders().equals("xxx--"));
        assertThat(this.spied.journal).contains("3 undo", "4 undo").doesNotContain("0 undo", "1 undo", "2 undo");
    }

    @Test
    @Cases("RS-A2")
    void whatIsDecidedIsAnsweredWhoeverIsStillToBeHeard() {
        LockDriver quorum = quorum();
        for (String question :
                List.of("inspect", "vote", "setFences", "renew", "extend", "ttl", "adopt", "undo", "releaseByToken")) {
            this.spied.neverHeard.addAll(List.of("1 " + question, "3 " + question));
        }
        Claim claim = claim("a");
        granted(quorum.acquire(claim));
        assertThat(answer(quorum.acquire(claim("b")))).isInstanceOf(Attempt.Busy.class);
        assertThat(answer(quorum.inspect(this.key))).map(KeyState::token).contains("a");
        assertThat(renew(quorum, claim)).isEqualTo(Ownership.OURS);
        assertThat(answer(quorum.extend(claim.hold(), TTL))).isEqualTo(Ownership.OURS);
        assertThat(answer(quorum.ttl(claim.hold()))).isPresent();
        assertThat(answer(quorum.adopt(claim))).isPresent();
        assertThat(answer(quorum.release(new Release(claim.hold(), Duration.ZERO))))
                .isEqualTo(Ownership.OURS);
        assertThat(answer(quorum.release(new Release(Hold.byToken(this.key, "a"), Duration.ZERO))))
                .isEqualTo(Ownership.GONE);
    }

    @Test
    void aNodeThatThrowsIsOneThatDoesNotAnswer() {
        LockDriver quorum = quorum();
        this.spied.broken.addAll(List.of("0 vote", "1 vote", "0 renew", "1 renew", "0 undo", "1 inspect"));
        Claim claim = claim("a");
        granted(quorum.acquire(claim));
        assertThat(renew(quorum, claim)).isEqualTo(Ownership.OURS);
        assertThat(answer(quorum.inspect(this.key))).isPresent();
        answer(quorum.release(new Release(claim.hold(), Duration.ZERO)));
        this.spied.broken.add("2 vote");
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.acquire(claim("a"))))
                .withMessageContaining("node-2 (unexpected: java.lang.IllegalStateException: broken)");
    }

    @Test
    void aVoteThatTookTooLongIsNoneAndIsUndone() {
        LockDriver quorum = quorum(knownNodes(), false);
        Duration ttl = Duration.ofMillis(200);
        for (int i = 0; i < 5; i++) {
            this.spied.late.put(i + " vote", ttl);
        }
        Claim late = new Claim(claim("a").hold(), ttl, 1, "");
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.acquire(late)))
                .withMessageStartingWith("the vote took ")
                .withMessageEndingWith("which leaves nothing of a ttl of PT0.2S");
        await().untilAsserted(() -> assertThat(this.spied.journal).contains("0 undo", "4 undo"));
    }

    @Test
    void aVoteIsTooLateAlsoWhenWritingTheFencesTookTooLong() {
        LockDriver quorum = quorum(knownNodes(), true);
        Duration ttl = Duration.ofMillis(500);
        for (int i = 0; i < 5; i++) {
            this.spied.late.put(i + " setFences", ttl);
        }
        Claim late = new Claim(claim("a").hold(), ttl, 1, "");
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.acquire(late)))
                .withMessageStartingWith("the vote took ");
    }

    @Test
    void aLockIsGivenOnlyWhenAMajorityHasItsFences() {
        LockDriver quorum = quorum();
        CompletableFuture<Void> gate = new CompletableFuture<>();
        for (int i = 0; i < 5; i++) {
            this.spied.heldUp.put(i + " setFences", gate);
        }
        CompletableFuture<Attempt> attempt = quorum.acquire(claim("a")).toCompletableFuture();
        await().until(() -> this.spied.journal.stream()
                        .filter(asked -> asked.endsWith("setFences"))
                        .count()
                >= 3);
        await().during(Duration.ofMillis(200)).until(() -> !attempt.isDone());
        gate.complete(null);
        assertThat(granted(attempt).fence()).isPositive();
    }

    @Test
    void fencesThatAreWrittenToFewerThanAMajorityAreOfNoUse() {
        LockDriver quorum = quorum();
        // the first three are heard, the third of them is ahead and need not be told
        aheadByFences(2);
        this.spied.neverHeard.addAll(List.of("3 vote", "4 vote"));
        this.spied.unanswered.addAll(List.of("0 setFences", "1 setFences", "3 setFences"));
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.acquire(claim("a"))))
                .withMessageStartingWith("3 of 5 nodes gave no answer, and 3 must: ");
        await().until(() -> holders().equals("-----"));
        this.spied.unanswered.remove("0 setFences");
        granted(quorum.acquire(claim("b")));
    }

    @Test
    void whatIsReleasedWhileItIsHealedIsNotLeftBehind() {
        LockDriver quorum = quorum();
        Claim claim = claim("a");
        granted(quorum.acquire(claim));
        await().until(() -> holders().equals("aaaaa"));
        nodes.get(0).call("FLUSHALL");
        CompletableFuture<Void> gate = new CompletableFuture<>();
        this.spied.heldUp.put("0 acquire", gate);
        assertThat(renew(quorum, claim)).isEqualTo(Ownership.OURS);
        await().until(() -> this.spied.asked("0 acquire") > 0);
        answer(quorum.release(new Release(claim.hold(), Duration.ZERO)));
        await().until(() -> holders().equals("-----"));
        nodes.get(0).call("FLUSHALL"); // so that it does not know the attempt as ended
        gate.complete(null);
        await().until(() -> this.spied.asked("0 undo") > 1);
        await().until(() -> holders().equals("-----"));
    }

    @Test
    void aHoldIsHealedAsLongAsItIsRenewed() {
        LockDriver quorum = quorum();
        Claim claim = new Claim(claim("a").hold(), Duration.ofMillis(400), 1, "");
        granted(quorum.acquire(claim));
        assertThat(renew(quorum, claim)).isEqualTo(Ownership.OURS);
        await().pollDelay(Duration.ofMillis(450)).until(() -> true);
        nodes.get(0).call("FLUSHALL");
        assertThat(renew(quorum, claim)).isEqualTo(Ownership.OURS);
        await().until(() -> holders().equals("aaaaa"));
    }

    @Test
    void whatASilentNodeWasNotToldByTokenAloneItIsToldByAttempt() {
        LockDriver quorum = quorum();
        Claim first = claim("same");
        granted(quorum.acquire(first));
        await().until(() -> holders().equals("same".repeat(5)));
        this.spied.unanswered.addAll(List.of("0 releaseByToken", "0 undo"));
        assertThat(answer(quorum.release(new Release(Hold.byToken(this.key, "same"), Duration.ZERO))))
                .isEqualTo(Ownership.OURS);
        await().until(() -> holders().equals("same----"));
        Claim next = claim("same");
        granted(quorum.acquire(next));
        await().until(() -> this.spied.asked("0 undo") > 0);
        this.spied.unanswered.clear();
        String record = this.key.prefix() + "~rec:{" + this.key.full() + "}";
        // By its attempt, since both have the same token, and healing may be too quick for a look at the time in
        // between
        await().until(() -> {
            assertThat(renew(quorum, next)).isEqualTo(Ownership.OURS);
            return holders().equals("same".repeat(5))
                    && String.valueOf(nodes.get(0).call("GET", record))
                            .startsWith(next.hold().attempt(), 2);
        });
    }

    @Test
    void aSilentNodeKeepsAKeyNoLongerThanTheOthersOnceItAnswers() {
        LockDriver quorum = quorum();
        Claim claim = claim("a");
        granted(quorum.acquire(claim));
        await().until(() -> holders().equals("aaaaa"));
        this.spied.unanswered.add("0 release");
        Duration least = Duration.ofSeconds(1);
        assertThat(answer(quorum.release(new Release(claim.hold(), least)))).isEqualTo(Ownership.OURS);
        this.spied.unanswered.clear();
        await().until(() -> (Long) nodes.get(0).call("PTTL", this.key.full()) <= least.toMillis());
        await().until(() -> holders().equals("-----"));
    }

    @Test
    void aNodeThatDoesNotSayWhoItIsHasNoVoteAndIsToldOnce() {
        LockDriver quorum = quorum();
        this.spied.refused.add("0 prepare");
        Words words = Words.of(Node.class);
        for (int i = 0; i < 5; i++) {
            Claim claim = claim("a");
            granted(quorum.acquire(claim));
            assertThat(renew(quorum, claim)).isEqualTo(Ownership.OURS);
            assertThat(answer(quorum.ttl(claim.hold()))).isPresent();
            answer(quorum.release(new Release(claim.hold(), Duration.ZERO)));
        }
        assertThat(this.spied.asked("0 vote")).isZero();
        assertThat(this.spied.asked("0 prepare")).isEqualTo(1);
        assertThat(words.end())
                .containsExactly("Node node-0 of the locker 'payments' cannot take part: may not be asked");
    }

    @Test
    @Cases({"RS-A5", "RS-7"})
    void aNodeThatLostTheHoldIsHealedWhileTheOthersConfirmIt() {
        LockDriver quorum = quorum();
        Claim claim = claim("a");
        Attempt.Granted fences = granted(quorum.acquire(claim));
        await().until(() -> holders().equals("aaaaa"));
        nodes.get(0).call("FLUSHALL");
        nodes.get(1).call("FLUSHALL");
        assertThat(renew(quorum, claim)).isEqualTo(Ownership.OURS);
        await().until(() -> holders().equals("aaaaa"));
        nodes.get(2).call("FLUSHALL");
        nodes.get(3).call("FLUSHALL");
        assertThat(renew(quorum, claim)).isEqualTo(Ownership.OURS);
        await().until(() -> holders().equals("aaaaa"));
        assertThat(answer(quorum.acquire(claim))).isEqualTo(fences);
        answer(quorum.release(new Release(claim.hold(), Duration.ZERO)));
        await().until(() -> holders().equals("-----"));
    }

    @Test
    void aNodeThatVotedForSomebodyWhoLostIsWonBeforeTheFirstRenewal() {
        LockDriver quorum = quorum();
        for (int i = 0; i < 2; i++) {
            nodes.get(i).call("SET", this.key.full(), "x", "PX", "60000");
        }
        granted(quorum.acquire(claim("a")));
        await().until(() -> holders().equals("xxaaa"));
        for (int i = 0; i < 2; i++) {
            nodes.get(i).call("DEL", this.key.full());
        }
        await().until(() -> holders().equals("aaaaa"));
    }

    @Test
    void healingIsNoConfirmation() {
        LockDriver quorum = quorum();
        Claim claim = claim("a");
        granted(quorum.acquire(claim));
        await().until(() -> holders().equals("aaaaa"));
        for (int i = 0; i < 3; i++) {
            nodes.get(i).call("FLUSHALL");
        }
        assertThat(renew(quorum, claim)).isEqualTo(Ownership.GONE);
        assertThat(renew(quorum, claim)).isEqualTo(Ownership.GONE);
        assertThat(holders()).isEqualTo("---aa");
    }

    @Test
    void fencesGrowOverAnyMajorities() {
        long last = aheadByFences(0);
        LockDriver quorum = quorum();
        Claim first = claim("a");
        this.spied.unanswered.addAll(List.of("3 vote", "4 vote"));
        long fence = granted(quorum.acquire(first)).fence();
        assertThat(fence).isGreaterThanOrEqualTo(last);
        answer(quorum.release(new Release(first.hold(), Duration.ZERO)));

        this.spied.unanswered.clear();
        this.spied.unanswered.addAll(List.of("0 vote", "1 vote"));
        assertThat(granted(quorum.acquire(claim("b"))).fence())
                .as("without the node that is ahead")
                .isGreaterThan(fence);
    }

    @Test
    void withoutFencingTheRoundIsSaved() {
        LockDriver quorum = quorum(knownNodes(), false);
        granted(quorum.acquire(claim("a")));
        assertThat(this.spied.journal).contains("0 vote").noneMatch(asked -> asked.endsWith("setFences"));
    }

    @Test
    void aNodeThatHasJustStartedHasNoVote() {
        LockDriver quorum = quorum(true, Duration.ofDays(1));
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.acquire(claim("a"))))
                .withMessageContaining("takes part in new locks once 'rejoin-after' is over")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(LockDriverException.Kind.REFUSED));
        assertThat(holders()).isEqualTo("-----");
    }

    @Test
    void aTtlThatOutlivesTheQuarantineIsRefused() {
        LockDriver quorum = quorum(true, TTL.minusMillis(1));
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.acquire(claim("a"))))
                .withMessageContaining("a ttl of PT30S is longer than 'rejoin-after' (PT29.999S)");
        assertThat(holders()).isEqualTo("-----");
    }

    @Test
    void aServerUnderTwoNamesHasNoTwoVotes() {
        List<Node> twins = spiedNodes();
        LockDriver quorum = opened(new QuorumLockDriver(new Voters(
                List.of(
                        twins.get(0),
                        twins.get(1),
                        new Node(
                                "alias",
                                "payments",
                                nodes.stores(settings(Duration.ofSeconds(5))).get(0))),
                true,
                Duration.ZERO)));
        // the very first vote, won by the two names of one server
        this.spied.neverHeard.add("1 vote");
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.acquire(claim("a"))))
                .withMessageContaining("node-0 and alias are the same server");
        await().until(() -> holders().equals("-----"));
        await().untilAsserted(() -> assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.inspect(this.key)))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(LockDriverException.Kind.MISCONFIGURED)));
        twins.forEach(Node::close);
    }

    @Test
    void anExtensionThatSomeMayHaveDoneMayHaveHappened() {
        LockDriver quorum = quorum();
        Claim claim = claim("a");
        granted(quorum.acquire(claim));
        this.spied.unreachable.addAll(List.of("2 extend", "3 extend", "4 extend"));
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.extend(claim.hold(), Duration.ofSeconds(1))))
                .withMessageContaining("no connection")
                .satisfies(failure -> assertThat(failure.mayHaveHappened()).isTrue());
    }

    private static Ownership renew(LockDriver quorum, Claim claim) {
        return answer(quorum.renew(List.of(new Renewal(claim.hold(), TTL))).get(0));
    }
}
