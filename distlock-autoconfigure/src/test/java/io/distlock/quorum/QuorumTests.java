package io.distlock.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Cases;
import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import java.time.Duration;
import java.util.List;
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
                                busy -> assertThat(busy.token()).isEqualTo("x"));
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
        assertThat(holders()).isEqualTo("same".repeat(5));
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
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(3));
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
        LockDriver quorum = quorum();
        for (int i = 0; i < 3; i++) {
            nodes.get(i).call("SET", this.key.full(), "x", "PX", "60000");
        }
        answer(quorum.inspect(this.key));
        answer(quorum.acquire(claim("a")));
        await().until(() -> holders().equals("xxx--"));
        assertThat(this.spied.journal).contains("3 undo", "4 undo");
    }

    @Test
    @Cases({"RS-A5", "RS-7"})
    void aNodeThatLostTheHoldIsHealedWhileTheOthersConfirmIt() {
        LockDriver quorum = quorum();
        Claim claim = claim("a");
        Attempt.Granted fences = granted(quorum.acquire(claim));
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
        LockDriver ahead = opened(nodes.stores(settings(Duration.ofSeconds(5))).get(0));
        Claim far = new Claim(claim("x").hold(), TTL, 1_000_000_000, "");
        long last = granted(ahead.acquire(far)).fence() + 1_000_000_000;
        answer(ahead.release(new Release(far.hold(), Duration.ZERO)));
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
        LockDriver quorum = quorum(false, Duration.ZERO);
        answer(quorum.inspect(this.key));
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
        answer(quorum.inspect(this.key));
        await().untilAsserted(() -> assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.acquire(claim("a"))))
                .withMessageContaining("node-0 and alias are the same server"));
        await().until(() -> holders().equals("-----"));
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
