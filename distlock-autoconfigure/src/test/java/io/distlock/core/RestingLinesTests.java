package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockRequest;
import io.distlock.driver.LockKey;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The line of a key that nobody needs any more rests until the timer comes by. */
class RestingLinesTests {

    private static final String KEY = "orders";

    private static final Demand DEMAND = Demand.of(
            LockRequest.of(KEY).waitFor(OneKeyStore.EVER),
            Terms.of(LockRequest.of(KEY).waitFor(OneKeyStore.EVER), OneKeyStore.EVER, LockerSettings.defaults()),
            new Details(new Instance("", ""), Map.of(), null));

    private final Desk desk = new OneKeyStore().instance("here");

    /** The timer comes by when a test says so. */
    @BeforeEach
    void stopTheTimer() {
        this.desk.ticker().close();
    }

    @AfterEach
    void close() {
        this.desk.close();
    }

    private KeyLease take() {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        this.desk.here().enter(KEY, new Waiter(DEMAND, (self, given) -> answer.complete(given)));
        assertThat(answer).isCompletedWithValueMatching(KeyLease.class::isInstance);
        return (KeyLease) answer.join();
    }

    private KeyLine restingLine() {
        KeyLease lease = take();
        KeyLine line = lease.holding().line();
        lease.release();
        return line;
    }

    @Test
    void whoeverComesMeanwhileGetsTheSameLine() {
        KeyLine line = restingLine();
        KeyLease next = take();
        assertThat(next.holding().line()).isSameAs(line);
        next.release();
    }

    @Test
    void nobodySeesIt() {
        restingLine();
        assertThat(this.desk.here().isWanted(new LockKey("", KEY))).isFalse();
        assertThat(this.desk.here().locks()).isEmpty();
        assertThat(this.desk.here().held()).isEmpty();
    }

    @Test
    void whenTheTimerHasComeByNothingIsLeft() {
        KeyLine line = restingLine();
        this.desk.here().endOfRest();
        assertThat(KeyLines.of(this.desk)).isEmpty();
        KeyLease next = take();
        assertThat(next.holding().line()).isNotSameAs(line);
        next.release();
    }

    @Test
    void aLineInUseStaysAndRestsAgainAfterwards() {
        KeyLine line = restingLine();
        KeyLease lease = take();
        this.desk.here().endOfRest();
        assertThat(this.desk.here().isWanted(new LockKey("", KEY))).isTrue();
        lease.release();
        assertThat(KeyLines.of(this.desk)).hasSize(1);
        this.desk.here().endOfRest();
        assertThat(KeyLines.of(this.desk)).isEmpty();
        assertThat(lease.holding().line()).isSameAs(line);
    }

    @Test
    void whoeverCameWhileItRestedLeavesItRestingOnceMore() {
        KeyLine line = restingLine();
        take().release();
        this.desk.here().endOfRest();
        KeyLease next = take();
        assertThat(next.holding().line()).isSameAs(line);
        next.release();
        this.desk.here().endOfRest();
        assertThat(KeyLines.of(this.desk)).containsExactly(KEY);
        this.desk.here().endOfRest();
        assertThat(KeyLines.of(this.desk)).isEmpty();
    }

    @Test
    void nothingRestsAtAClosedDesk() {
        restingLine();
        this.desk.refuseFromNowOn();
        assertThat(KeyLines.of(this.desk)).isEmpty();
    }

    @Test
    void norWhatIsGivenBackWhenItIsClosed() {
        KeyLease lease = take();
        this.desk.refuseFromNowOn();
        assertThat(KeyLines.of(this.desk)).hasSize(1);
        lease.release();
        assertThat(KeyLines.of(this.desk)).isEmpty();
    }
}
