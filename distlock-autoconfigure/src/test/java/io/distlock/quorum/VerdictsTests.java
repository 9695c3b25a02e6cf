package io.distlock.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.distlock.driver.KeyState;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class VerdictsTests {

    private static final Optional<KeyState> NOBODY = Optional.empty();

    private final List<Node> nodes = List.of(node("a"), node("b"), node("c"));

    private final Tally<Optional<KeyState>> tally = new Tally<>(new Majority(3));

    @Test
    void oneThatSeesNobodyProvesNothingWhileTheOthersMayKnowMore() {
        this.tally.answered(this.nodes.get(0), NOBODY);
        assertThat(Verdicts.state(this.tally)).isEmpty();
        this.tally.failed(this.nodes.get(1), silence());
        assertThat(Verdicts.state(this.tally)).as("two may still hold it").isEmpty();
        this.tally.failed(this.nodes.get(2), silence());
        assertThatExceptionOfType(LockDriverException.class).isThrownBy(() -> Verdicts.state(this.tally));
    }

    @Test
    void aMajorityThatSeesNobodyIsEnough() {
        this.tally.answered(this.nodes.get(0), NOBODY);
        this.tally.failed(this.nodes.get(1), silence());
        this.tally.answered(this.nodes.get(2), NOBODY);
        assertThat(Verdicts.state(this.tally)).contains(NOBODY);
    }

    @Test
    void whatOneNodeStillHoldsIsHeldByNobodyIfTheOthersAreFree() {
        this.tally.answered(this.nodes.get(0), heldBy("x"));
        this.tally.answered(this.nodes.get(1), NOBODY);
        assertThat(Verdicts.state(this.tally)).isEmpty();
        this.tally.answered(this.nodes.get(2), NOBODY);
        assertThat(Verdicts.state(this.tally)).contains(NOBODY);
    }

    @Test
    void whoeverHoldsAMajorityIsTheHolder() {
        this.tally.failed(this.nodes.get(0), silence());
        this.tally.answered(this.nodes.get(1), heldBy("x"));
        assertThat(Verdicts.state(this.tally)).isEmpty();
        this.tally.answered(this.nodes.get(2), heldBy("x"));
        assertThat(Verdicts.state(this.tally).orElseThrow())
                .map(KeyState::token)
                .contains("x");
    }

    private static Optional<KeyState> heldBy(String token) {
        return Optional.of(new KeyState(
                token, Optional.of(Duration.ofSeconds(1)), OptionalLong.of(1), Optional.empty(), List.of()));
    }

    private static LockDriverException silence() {
        return new LockDriverException(Kind.UNANSWERED, "did not answer", null);
    }

    private static Node node(String name) {
        return new Node(name, "payments", null);
    }
}
