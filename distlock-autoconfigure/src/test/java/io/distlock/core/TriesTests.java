package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockKey;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever does not wait is answered by a question of its own time, not by the next that is due for those who wait. */
class TriesTests {

    private static final LockKey KEY = new LockKey("", "orders");

    private static final Duration LONG = Duration.ofMinutes(5);

    /** Questions are due so rarely that what comes sooner was asked for. */
    private static final LockerSettings RARELY = new LockerSettings(
            "tries",
            "",
            LONG,
            LONG,
            LONG,
            true,
            null,
            Duration.ZERO,
            Duration.ofMinutes(1),
            0,
            0,
            Duration.ZERO,
            Duration.ZERO);

    private final Troubles troubles = new Troubles();

    private final Desk desk = new Desk(
            RARELY,
            new Instance("here", "0123456789ab"),
            this.troubles.between(new MemoryLockDriverFactory()
                    .create(new DriverSettings("tries", "", "here", LONG, LONG, true, Optional.empty()))),
            new RandomTokens(new Instance("here", "0123456789ab")),
            new Tellers("tries", List.of(), null));

    @AfterEach
    void close() {
        this.desk.close();
    }

    @Test
    void aPauseOfAgesIsAPause() {
        Tries tries = new Tries(tried -> Optional.of(Duration.ofSeconds(Long.MAX_VALUE)));
        assertThat(tries.next())
                .hasValueSatisfying(pause -> assertThat(pause.toNanos()).isPositive());
    }

    @Test
    void aStrategyThatCannotBeLoadedIsReplacedByTheDefault() {
        Tries tries = new Tries(tried -> {
            throw new NoClassDefFoundError("made by the test");
        });
        assertThat(tries.next()).isPresent();
    }

    private CompletableFuture<Answer> ask(Duration waitFor) {
        Demand demand = Demand.of(
                LockRequest.of("orders").waitFor(waitFor),
                Terms.of(LockRequest.of("orders").waitFor(waitFor), LONG, RARELY),
                new Details(new Instance("", ""), Map.of(), null));
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        this.desk.here().enter(KEY.key(), new Waiter(demand, (self, given) -> answer.complete(given)));
        return answer;
    }

    @Test
    void aTryAsksAtOnceWhereAQuestionHasFailedAndTheNextIsNotDueYet() {
        KeyLease held = (KeyLease) ask(LONG).join();
        CompletableFuture<Answer> waits = ask(LONG);
        this.troubles.refuseNext(1, "releaseAndLine");
        held.release();
        assertThat(waits).isNotDone();

        assertThat(ask(Duration.ZERO))
                .succeedsWithin(Duration.ofSeconds(5))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.BUSY));
        assertThat(waits).isCompletedWithValueMatching(KeyLease.class::isInstance);
    }
}
