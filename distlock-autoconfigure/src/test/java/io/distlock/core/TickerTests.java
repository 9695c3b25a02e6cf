package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The timer runs what is due, when it is due. */
class TickerTests {

    private static final long HOUR = Duration.ofHours(1).toNanos();

    private static final long SOON = Duration.ofMillis(50).toNanos();

    private final Ticker ticker = new Ticker("ticker-test");

    private final List<String> ran = new CopyOnWriteArrayList<>();

    private Ticker.Entry at(long nanos, String name) {
        return this.ticker.at(nanos, () -> this.ran.add(name));
    }

    @AfterEach
    void close() {
        this.ticker.close();
    }

    @Test
    void whatIsDueRunsInItsOrderAndNotBefore() {
        long now = System.nanoTime();
        long[] ranAt = new long[1];
        at(now + 2 * SOON, "second");
        this.ticker.at(now + SOON, () -> {
            ranAt[0] = System.nanoTime();
            this.ran.add("first");
        });
        at(now - HOUR, "at once");
        at(now + HOUR, "never");
        await().until(() -> this.ran.size() == 3);
        assertThat(this.ran).containsExactly("at once", "first", "second");
        assertThat(ranAt[0] - now).isGreaterThanOrEqualTo(SOON);
    }

    @Test
    void whatWasCancelledDoesNotRun() {
        long now = System.nanoTime();
        at(now + SOON, "cancelled").cancel();
        Ticker.Entry queued = at(now + 3 * SOON, "cancelled once queued");
        at(now + SOON, "before");
        await().until(() -> this.ran.contains("before"));
        queued.cancel();
        at(now + 4 * SOON, "after");
        await().until(() -> this.ran.contains("after"));
        assertThat(this.ran).containsExactly("before", "after");
    }

    @Test
    void anEntryMayBeSetAnewWhenItIsDue() {
        this.ticker.watch(System.nanoTime(), entry -> {
            this.ran.add("again");
            this.ticker.again(entry, System.nanoTime() + (this.ran.size() < 3 ? 0 : HOUR));
        });
        await().until(() -> this.ran.size() == 3);
        at(System.nanoTime() + SOON, "after");
        await().until(() -> this.ran.contains("after"));
        assertThat(this.ran).containsExactly("again", "again", "again", "after");
    }

    @Test
    void onlyTheWatchmenHurry() {
        at(System.nanoTime() + HOUR, "waits");
        this.ticker.watch(System.nanoTime() + HOUR, entry -> this.ran.add("watches"));
        this.ticker.hurry();
        await().until(() -> this.ran.contains("watches"));
        at(System.nanoTime() + SOON, "after");
        await().until(() -> this.ran.contains("after"));
        assertThat(this.ran).containsExactly("watches", "after");
    }

    @Test
    void anActionThatFailsStopsNoOther() {
        this.ticker.at(System.nanoTime(), () -> {
            throw new IllegalStateException("made by the test");
        });
        at(System.nanoTime() + SOON, "after");
        await().until(() -> this.ran.contains("after"));
    }
}
