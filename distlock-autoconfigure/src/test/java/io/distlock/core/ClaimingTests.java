package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockRequest;
import io.distlock.driver.LockKey;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a grant by message is worth when it takes its time. */
class ClaimingTests {

    private static final LockKey KEY = new LockKey("", "orders");

    private static final Demand ORDERS = Demand.of(
            LockRequest.of("orders").waitFor(OneKeyStore.EVER),
            OneKeyStore.EVER,
            LockerSettings.defaults(),
            new Details(new Instance("", ""), Map.of(), null));

    private final OneKeyStore store = new OneKeyStore();

    private final Desk holding = this.store.instance("holding");

    private final Desk waiting = this.store.instance("waiting");

    @AfterEach
    void close() {
        this.holding.close();
        this.waiting.close();
    }

    private static CompletableFuture<Answer> ask(Desk desk) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        desk.enter(KEY, new Waiter(ORDERS, (self, given) -> answer.complete(given)));
        return answer;
    }

    private static KeyLease lease(CompletableFuture<Answer> answer) {
        assertThat(answer).isCompletedWithValueMatching(Answer.Granted.class::isInstance);
        return ((Answer.Granted) answer.join()).lease();
    }

    @Test
    void aGrantByMessageIsBelievedFromTheQuestionOnNotFromItsArrival() {
        KeyLease before = lease(ask(this.holding));
        CompletableFuture<Answer> answer = ask(this.waiting);
        long asked = System.nanoTime();
        this.store.delayMessages();
        before.release();
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        assertThat(answer).isNotDone();

        this.store.deliver();
        KeyLease lease = lease(answer);
        long since = System.nanoTime() - asked;
        assertThat(lease.validity().toNanos()).isLessThanOrEqualTo(Validity.of(OneKeyStore.EVER.toNanos()) - since);
    }

    @Test
    void aMessageThatArrivesTwiceGrantsOnce() {
        KeyLease before = lease(ask(this.holding));
        CompletableFuture<Answer> first = ask(this.waiting);
        CompletableFuture<Answer> second = ask(this.waiting);
        this.store.delayMessages();
        before.release();
        this.store.deliver();
        assertThat(first).isDone();
        this.store.deliver();
        assertThat(second).isNotDone();
        assertThat(this.store.holder()).isEqualTo(lease(first).holding().hold().token());
    }

    @Test
    void whoLeavesStandsInLineNoMore() {
        KeyLease before = lease(ask(this.holding));
        Waiter leaves = new Waiter(ORDERS, (self, answer) -> {});
        KeyLine line = this.waiting.enter(KEY, leaves);
        leaves.answer(new Answer.Left());
        line.gone(leaves);
        assertThat(this.store.isInLine("waiting")).isFalse();
        before.release();
        assertThat(this.store.isEmpty()).isTrue();
    }
}
