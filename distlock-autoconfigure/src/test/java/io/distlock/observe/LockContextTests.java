package io.distlock.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockEvent;
import io.distlock.LockLost;
import io.distlock.ReleaseOutcome;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** What a thread logs with when its locks end in other ways than by its own release. */
class LockContextTests {

    private final LockContext context = new LockContext();

    @AfterEach
    void clear() {
        MDC.clear();
    }

    @Test
    void whatWasLostIsShownUntilItsThreadHasToDoWithALockAgain() {
        LockEvent lost = take(1, "lost");
        lose(lost);
        assertThat(MDC.get("distlock.key")).as("its work still runs").isEqualTo("lost");
        this.context.onAsked(event(2, "next"));
        assertThat(MDC.get("distlock.key")).isNull();
        assertThat(MDC.get("distlock.fence")).isNull();
    }

    @Test
    void whatWasLostAndNeverGivenBackIsNotShownInsteadOfWhatIsHeld() {
        LockEvent outer = take(1, "outer");
        LockEvent lost = take(2, "lost");
        lose(lost);
        LockEvent inner = take(3, "inner");
        assertThat(MDC.get("distlock.key")).isEqualTo("inner");
        this.context.onReleased(inner, ReleaseOutcome.RELEASED);
        assertThat(MDC.get("distlock.key")).isEqualTo("outer");
        this.context.onReleased(outer, ReleaseOutcome.RELEASED);
        assertThat(MDC.get("distlock.key")).isNull();
    }

    @Test
    void whatWasLostIsGoneOnceItIsGivenBack() {
        LockEvent outer = take(1, "outer");
        LockEvent lost = take(2, "lost");
        lose(lost);
        this.context.onReleased(lost, ReleaseOutcome.EXPIRED);
        assertThat(MDC.get("distlock.key")).isEqualTo("outer");
        this.context.onReleased(outer, ReleaseOutcome.RELEASED);
        assertThat(MDC.get("distlock.key")).isNull();
    }

    @Test
    void whatAnotherThreadGivesBackIsNotShownInsteadOfWhatIsHeld() {
        LockEvent given = take(1, "given");
        CompletableFuture.runAsync(() -> this.context.onReleased(given, ReleaseOutcome.RELEASED))
                .join();
        LockEvent next = take(2, "next");
        this.context.onReleased(next, ReleaseOutcome.RELEASED);
        assertThat(MDC.get("distlock.key")).isNull();
    }

    private LockEvent take(long id, String key) {
        LockEvent event = event(id, key);
        this.context.onAsked(event);
        this.context.onTaken(event);
        return event;
    }

    private void lose(LockEvent event) {
        LockLost lost = new LockLost(
                event.keys(), event.name(), event.fencingToken(), LockLost.Reason.GONE, Duration.ofSeconds(1));
        CompletableFuture.runAsync(() -> this.context.onLost(event, lost)).join();
    }

    private static LockEvent event(long id, String key) {
        return new LockEvent(id, "default", key, Set.of(key), id, Duration.ZERO, Duration.ZERO);
    }
}
