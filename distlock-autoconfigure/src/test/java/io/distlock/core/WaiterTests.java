package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How a parked caller is woken. */
class WaiterTests {

    private final AtomicReference<Waiter> waiter = new AtomicReference<>();

    private final CompletableFuture<Answer> heard = new CompletableFuture<>();

    private final Thread caller = new Thread(() -> {
        this.waiter.set(new Waiter(
                Demand.of(
                        LockRequest.of("order:42"),
                        Terms.of(LockRequest.of("order:42"), Duration.ofSeconds(1), LockerSettings.defaults()),
                        new Details(new Instance("", ""), Map.of(), null)),
                null));
        this.heard.complete(this.waiter
                .get()
                .await(System.nanoTime() + Duration.ofMinutes(1).toNanos()));
    });

    @Test
    void whoIsRousedTooEarlyParksAgainAndIsWokenByTheAnswer() {
        this.caller.start();
        awaitParked();
        this.waiter.get().rouse();
        awaitParked();
        assertThat(this.heard).isNotDone();
        Answer answer = new Answer.Refused(Reason.CLOSED, null, null);
        this.waiter.get().answer(answer);
        await().untilAsserted(() -> assertThat(this.heard).isCompletedWithValue(answer));
    }

    private void awaitParked() {
        await().until(() -> this.caller.getState() == Thread.State.TIMED_WAITING);
    }
}
