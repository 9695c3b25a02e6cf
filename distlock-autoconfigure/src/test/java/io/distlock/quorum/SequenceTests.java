package io.distlock.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Cases;
import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All of three real servers, in their order. */
class SequenceTests extends SeveralNodes {

    private static RedisNodes nodes;

    private LockDriver sequence;

    @BeforeAll
    static void start() {
        nodes = RedisNodes.start(3);
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Override
    RedisNodes nodes() {
        return nodes;
    }

    @BeforeEach
    void open() {
        this.sequence = opened(new SequenceLockDriver(spiedNodes()));
        answer(this.sequence.inspect(this.key));
        this.spied.journal.clear();
    }

    @Test
    @Cases({"RP-4", "RP-8", "RP-A2"})
    void nodesAreTakenInOrderAndReleasedInReverse() {
        Claim claim = claim("a");
        assertThat(granted(this.sequence.acquire(claim)).fence()).isPositive();
        assertThat(this.spied.journal)
                .filteredOn(asked -> asked.endsWith("vote"))
                .containsExactly("0 vote", "1 vote", "2 vote");
        assertThat(holders()).isEqualTo("aaa");
        this.spied.journal.clear();
        assertThat(release(claim)).isEqualTo(Ownership.OURS);
        assertThat(this.spied.journal).containsExactly("2 undo", "1 undo", "0 undo");
        assertThat(holders()).isEqualTo("---");
    }

    @Test
    @Cases("RP-5")
    void oneThatIsBusyRollsTheOthersBackInReverseAndIsNotAsked() {
        nodes.get(2).call("SET", this.key.full(), "x", "PX", "60000");
        assertThat(answer(this.sequence.acquire(claim("a"))))
                .isInstanceOfSatisfying(
                        Attempt.Busy.class, busy -> assertThat(busy.token()).isEqualTo("x"));
        assertThat(this.spied.journal).containsExactly("0 vote", "1 vote", "2 vote", "1 undo", "0 undo");
        assertThat(holders()).isEqualTo("--x");
    }

    @Test
    @Cases("RP-6")
    void oneThatDoesNotAnswerRollsBackItselfToo() {
        this.spied.repliesLost.add("1 vote");
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(this.sequence.acquire(claim("a"))))
                .withMessage("node node-1: did not answer");
        assertThat(holders()).isEqualTo("---");
        assertThat(this.spied.journal).containsExactly("0 vote", "1 vote", "1 undo", "0 undo");
    }

    @Test
    @Cases("RP-A5")
    void busyIsStillBusyWhenTheRollbackFailsAndWhatIsLeftGoesLater() {
        nodes.get(1).call("SET", this.key.full(), "x", "PX", "60000");
        this.spied.unanswered.add("0 undo");
        assertThat(answer(this.sequence.acquire(claim("a")))).isInstanceOf(Attempt.Busy.class);
        assertThat(holders()).isEqualTo("ax-");
        this.spied.unanswered.clear();
        await().until(() -> holders().equals("-x-"));
    }

    @Test
    @Cases({"RP-11", "RP-12"})
    void everyReleaseIsAttemptedWhateverTheOthersSay() {
        Claim claim = claim("a");
        granted(this.sequence.acquire(claim));
        nodes.get(2).call("DEL", this.key.full());
        this.spied.unanswered.add("1 undo");
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> release(claim))
                .withMessage("1 of 3 nodes gave no answer, and all must: node-1 (did not answer)");
        assertThat(holders()).isEqualTo("-a-");
        this.spied.unanswered.clear();
        await().until(() -> holders().equals("---"));
    }

    @Test
    void aHoldThatOneNodeDoesNotKnowIsLost() {
        Claim claim = claim("a");
        granted(this.sequence.acquire(claim));
        nodes.get(1).call("DEL", this.key.full());
        assertThat(answer(this.sequence
                        .renew(List.of(new Renewal(claim.hold(), TTL)))
                        .get(0)))
                .isEqualTo(Ownership.GONE);
        assertThat(release(claim)).isEqualTo(Ownership.GONE);
        assertThat(holders()).isEqualTo("---");
    }

    @Test
    void fencesGrowWhicheverNodesAreLockedNext() {
        LockDriver last = opened(nodes.stores(settings(Duration.ofSeconds(5))).get(2));
        LockDriver first = opened(nodes.stores(settings(Duration.ofSeconds(5))).get(0));
        Claim far = new Claim(claim("x").hold(), TTL, 1_000_000_000, "");
        long ahead = granted(first.acquire(far)).fence() + 1_000_000_000;
        answer(first.release(new Release(far.hold(), Duration.ZERO)));
        Claim claim = claim("a");
        long fence = granted(this.sequence.acquire(claim)).fence();
        assertThat(fence).isGreaterThanOrEqualTo(ahead);
        release(claim);
        assertThat(granted(last.acquire(claim("z"))).fence()).isGreaterThan(fence);
    }

    @Test
    @Cases("RP-A4")
    void twoWithOppositeOrdersExcludeEachOtherAndHoldNothingForEachOther() {
        List<Node> opposite = InTurn.reversed(spiedNodes());
        LockDriver other = opened(new SequenceLockDriver(opposite));
        Claim claim = claim("a");
        granted(this.sequence.acquire(claim));
        assertThat(answer(other.acquire(claim("b")))).isInstanceOf(Attempt.Busy.class);
        assertThat(holders()).isEqualTo("aaa");
        release(claim);
        granted(other.acquire(claim("b")));
    }

    @Test
    void aHungNodeCostsItsTimeOutAndNothingIsLeftBehindOnceItIsBack() {
        LockDriver impatient = opened(new SequenceLockDriver(spiedNodes(Duration.ofMillis(300))));
        answer(impatient.inspect(this.key));
        nodes.get(1).pause();
        try {
            long start = System.nanoTime();
            assertThatExceptionOfType(LockDriverException.class)
                    .isThrownBy(() -> answer(impatient.acquire(claim("a"))))
                    .withMessageStartingWith("node node-1: Redis at ")
                    .satisfies(failure -> assertThat(failure.kind()).isEqualTo(LockDriverException.Kind.UNANSWERED));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(nodes.get(0).call("GET", this.key.full())).isNull();
            assertThat(nodes.get(2).call("GET", this.key.full())).isNull();
        } finally {
            nodes.get(1).resume();
        }
        await().until(() -> holders().equals("---"));
        await().ignoreExceptions().until(() -> answer(impatient.acquire(claim("b"))) instanceof Attempt.Granted);
    }

    @Test
    void aHoldOfWhichOneNodeHangsIsNeitherConfirmedNorLostAndIsReleasedEverywhereInTheEnd() {
        LockDriver impatient = opened(new SequenceLockDriver(spiedNodes(Duration.ofMillis(300))));
        Claim claim = claim("a");
        granted(impatient.acquire(claim));
        nodes.get(1).pause();
        try {
            assertThatExceptionOfType(LockDriverException.class)
                    .isThrownBy(() -> answer(impatient
                            .renew(List.of(new Renewal(claim.hold(), TTL)))
                            .get(0)))
                    .withMessageStartingWith("1 of 3 nodes gave no answer, and all must: node-1 (");
            assertThatExceptionOfType(LockDriverException.class)
                    .isThrownBy(() -> answer(impatient.release(new Release(claim.hold(), Duration.ZERO))));
            assertThat(nodes.get(0).call("GET", this.key.full())).isNull();
            assertThat(nodes.get(2).call("GET", this.key.full())).isNull();
        } finally {
            nodes.get(1).resume();
        }
        await().until(() -> holders().equals("---"));
    }

    @Test
    void whatASilentNodeWasNotToldByTokenAloneItIsToldByAttempt() {
        granted(this.sequence.acquire(claim("a")));
        this.spied.unanswered.add("1 releaseByToken");
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() ->
                        answer(this.sequence.release(new Release(Hold.byToken(this.key, "a"), Duration.ZERO))));
        await().until(() -> holders().equals("---"));
    }

    @Test
    void oneServerUnderTwoNamesIsRefused() {
        Node alias = new Node(
                "alias",
                "payments",
                nodes.stores(settings(Duration.ofSeconds(5))).get(0));
        Node other = spiedNodes().get(0);
        LockDriver twice = opened(new SequenceLockDriver(List.of(other, alias)));
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(twice.acquire(claim("a"))))
                .withMessageContaining("node-0 and alias are the same server");
        await().until(() -> holders().equals("---"));
    }

    @Test
    void whoIsBusyIsToldAtWhichNode() {
        nodes.get(2).call("SET", this.key.full(), "x", "PX", "60000");
        assertThat(answer(this.sequence.acquire(claim("a"))))
                .isInstanceOfSatisfying(
                        Attempt.Busy.class, busy -> assertThat(busy.nodes()).containsExactly("node-2"));
    }

    @Test
    void anExtensionThatSomeMayHaveDoneMayHaveHappened() {
        Claim claim = claim("a");
        granted(this.sequence.acquire(claim));
        this.spied.unreachable.addAll(List.of("1 extend"));
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(this.sequence.extend(claim.hold(), Duration.ofSeconds(1))))
                .withMessageContaining("no connection")
                .satisfies(failure -> assertThat(failure.mayHaveHappened()).isTrue());
    }

    private Ownership release(Claim claim) {
        return answer(this.sequence.release(new Release(claim.hold(), Duration.ZERO)));
    }
}
