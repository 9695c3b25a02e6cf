package io.distlock.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.KeyState;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.Ownership;
import io.distlock.driver.Renewal;
import io.distlock.driver.VotingDriver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Going on with a hold that several real servers keep: it is wholly given over, or left where it was. */
class AdoptionTests extends SeveralNodes {

    private static RedisNodes nodes;

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

    @Test
    void aMajorityHasTheFenceBeforeTheHoldIsGivenOver() {
        fencesApart();
        Claim first = held(quorum(false, Duration.ZERO));
        assertThat(fences()).as("each node gave one of its own").hasSize(3);
        CompletableFuture<Void> gate = new CompletableFuture<>();
        for (int i = 0; i < 3; i++) {
            this.spied.heldUp.put(i + " setFences", gate);
        }
        CompletableFuture<Optional<Attempt.Granted>> adopted =
                quorum().adopt(claim("a")).toCompletableFuture();
        await().until(() -> this.spied.journal.stream()
                        .filter(asked -> asked.endsWith("setFences"))
                        .count()
                >= 2);
        await().during(Duration.ofMillis(200)).until(() -> !adopted.isDone());
        gate.complete(null);
        long fence = answer(adopted).orElseThrow().fence();
        await().until(() -> fences().equals(Set.of(fence)));
        assertThat(renewed(first)).isEqualTo(Ownership.TAKEN);
    }

    @Test
    void fencesThatReachNoMajorityLeaveTheHoldWhereItWas() {
        fencesApart();
        Claim first = held(quorum(false, Duration.ZERO));
        this.spied.unanswered.addAll(List.of("0 setFences", "1 setFences", "2 setFences"));
        LockDriver quorum = quorum();
        assertThatExceptionOfType(LockDriverException.class).isThrownBy(() -> answer(quorum.adopt(claim("a"))));
        awaitBackWith(first);
    }

    @Test
    void whatOnlyAMinorityHoldsIsLeftToWhoHasIt() {
        Claim first = claim("a");
        VotingDriver one = opened(nodes.stores(settings(Duration.ofSeconds(5))).get(1));
        granted(one.acquire(first));
        Claim adopter = claim("a");
        List<Node> known = knownNodes();
        assertThat(answer(quorum(known, true).adopt(adopter))).isEmpty();
        await().until(() -> this.spied.asked("1 disown") > 0);
        Optional<Duration> afterwards = answer(known.get(1).ask(store -> store.ttl(first.hold())));
        assertThat(afterwards).isPresent();
        assertThat(answer(one.adopt(adopter))).as("late").isEmpty();
        assertThat(holders()).isEqualTo("-a-");
    }

    @Test
    void whatNoMajorityAnswersIsLeftToWhoHasIt() {
        Claim first = held(quorum());
        this.spied.repliesLost.addAll(List.of("0 adopt", "1 adopt"));
        LockDriver quorum = quorum();
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.adopt(claim("a"))))
                .withMessageStartingWith("2 of 3 nodes gave no answer, and 2 must");
        awaitBackWith(first);
    }

    @Test
    void anAnswerThatComesTooLateLeavesTheHoldWhereItWas() {
        Claim first = held(quorum());
        Duration ttl = Duration.ofMillis(250);
        for (int i = 0; i < 3; i++) {
            this.spied.late.put(i + " adopt", ttl);
        }
        LockDriver quorum = quorum();
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.adopt(new Claim(claim("a").hold(), ttl, 1, ""))))
                .withMessageStartingWith("the vote took ");
        awaitBackWith(first);
    }

    @Test
    void aTtlThatOutlivesTheQuarantineIsRefusedBeforeAnybodyIsAsked() {
        LockDriver quorum = quorum(true, TTL.minusMillis(1));
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(quorum.adopt(claim("a"))))
                .withMessageContaining("a ttl of PT30S is longer than 'rejoin-after' (PT29.999S)");
        assertThat(this.spied.journal).noneMatch(asked -> asked.endsWith("adopt"));
    }

    @Test
    void aSequenceGivesItOverAtAllNodesWithOneFence() {
        Claim first = held(quorum(false, Duration.ZERO));
        LockDriver sequence = sequence();
        Claim adopter = claim("a");
        long fence = answer(sequence.adopt(adopter)).orElseThrow().fence();
        assertThat(fences()).containsExactly(fence);
        assertThat(renewed(first)).isEqualTo(Ownership.TAKEN);
        assertThat(answer(sequence.renew(List.of(new Renewal(adopter.hold(), TTL)))
                        .get(0)))
                .isEqualTo(Ownership.OURS);
    }

    @Test
    void aSequenceOfWhichOneNodeHasNoSuchHoldLeavesTheOthersAlone() {
        Claim first = held(quorum());
        nodes.get(1).call("DEL", this.key.full());
        assertThat(answer(sequence().adopt(claim("a")))).isEmpty();
        assertThat(this.spied.journal).doesNotContain("2 adopt");
        awaitBackWith(first);
    }

    @Test
    void aSequenceOfWhichOneNodeIsSilentLeavesTheHoldWhereItWas() {
        Claim first = held(quorum());
        this.spied.repliesLost.add("1 adopt");
        LockDriver sequence = sequence();
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(sequence.adopt(claim("a"))))
                .withMessage("node node-1: did not answer");
        awaitBackWith(first);
    }

    @Test
    void aSequenceThatAnswersTooLateLeavesTheHoldWhereItWas() {
        Claim first = held(quorum());
        Duration ttl = Duration.ofMillis(250);
        this.spied.late.put("2 adopt", ttl);
        LockDriver sequence = sequence();
        assertThatExceptionOfType(LockDriverException.class)
                .isThrownBy(() -> answer(sequence.adopt(new Claim(claim("a").hold(), ttl, 1, ""))))
                .withMessageStartingWith("taking all nodes took ");
        awaitBackWith(first);
    }

    private LockDriver sequence() {
        return opened(new SequenceLockDriver(spiedNodes()));
    }

    /** Otherwise two nodes that are asked in the same microsecond give the same ones. */
    private void fencesApart() {
        aheadByFences(0);
        aheadByFences(1);
        aheadByFences(1);
    }

    /** At all of them. */
    private Claim held(LockDriver driver) {
        Claim claim = claim("a");
        granted(driver.acquire(claim));
        await().until(() -> holders().equals("aaa"));
        this.spied.journal.clear();
        return claim;
    }

    private void awaitBackWith(Claim first) {
        await().until(() -> renewed(first) == Ownership.OURS);
    }

    private Ownership renewed(Claim claim) {
        return answer(quorum(false, Duration.ZERO)
                .renew(List.of(new Renewal(claim.hold(), TTL)))
                .get(0));
    }

    private Set<Long> fences() {
        return nodes.stores(settings(Duration.ofSeconds(5))).stream()
                .map(store -> opened(store))
                .map(store ->
                        answer(store.inspect(this.key)).map(KeyState::fence).orElseThrow())
                .map(fence -> fence.orElseThrow())
                .collect(Collectors.toSet());
    }
}
