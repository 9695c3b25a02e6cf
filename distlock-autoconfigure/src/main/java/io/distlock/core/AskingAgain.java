package io.distlock.core;

import io.distlock.driver.Attempt;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LineDriver.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Asks again for all claims that wait: the safety net under the messages. What is due in one slice goes out together, and
 * so do first questions that come in a crowd, which one by one would keep each other from being answered in time.
 */
final class AskingAgain {

    /** As long as so many questions are under way, one more is in no hurry. */
    private static final int CROWD = 256;

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);

    private static final double JITTER = 0.1;

    /** Questions that are not urgent fall due at the beginnings of windows, so that many keys cost few requests. */
    private static final long WINDOW = Duration.ofMillis(40).toNanos();

    private static final Duration URGENT = Duration.ofMillis(200);

    private final @Nullable LineDriver store;

    private final Ticker ticker;

    private final Duration longestPause;

    private final AtomicInteger underWay = new AtomicInteger();

    /** Only on the timer's thread. */
    private List<Due> due = new ArrayList<>();

    AskingAgain(@Nullable LineDriver store, Ticker ticker, Duration longestPause) {
        this.store = store;
        this.ticker = ticker;
        this.longestPause = longestPause;
        ticker.atSliceEnd(this::ask);
    }

    /** A question goes out now; whoever sent it says when it was answered, or not in time. */
    void sent() {
        this.underWay.incrementAndGet();
    }

    void answered() {
        this.underWay.decrementAndGet();
    }

    boolean isCrowded() {
        return this.underWay.get() >= CROWD;
    }

    /** With others, at the end of this slice. */
    void together(Claiming claiming, Standing asking) {
        askAt(System.nanoTime(), claiming, asking);
    }

    void later(Claiming claiming, Standing asking) {
        if (this.store != null) {
            later(claiming, asking, pause(asking));
            return;
        }
        Optional<Duration> pause = Objects.requireNonNull(asking.tries()).next();
        if (pause.isPresent()) {
            later(claiming, asking, untilFree(asking, pause.get()));
        } else {
            asking.askNext(this.ticker.at(System.nanoTime(), () -> claiming.askNoMore(asking)));
        }
    }

    private void later(Claiming claiming, Standing asking, Duration pause) {
        // what went unanswered has waited for long enough: the way to the store may be a new one
        long from = asking.lastFailure() == null ? System.nanoTime() : asking.lastSent();
        long now = System.nanoTime();
        long at = now + Math.max(from + pause.toNanos() - now, SHORTEST_PAUSE.toNanos());
        if (pause.compareTo(URGENT) >= 0) {
            at = Math.max(at - Math.floorMod(at, WINDOW), now);
        }
        askAt(at, claiming, asking);
    }

    private void askAt(long at, Claiming claiming, Standing asking) {
        asking.askNext(this.ticker.at(at, () -> this.due.add(new Due(claiming, asking))));
    }

    /** Often enough to stay alive in line, and just after the hold ends that stands in the way. */
    private Duration pause(Standing asking) {
        Duration pause = untilFree(
                asking,
                shorter(
                        this.longestPause,
                        Duration.ofNanos(asking.demand().ttl().toNanos() / 3)));
        pause = pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
        return pause.minusNanos(
                (long) (pause.toNanos() * JITTER * ThreadLocalRandom.current().nextDouble()));
    }

    private static Duration untilFree(Standing asking, Duration pause) {
        Attempt.Busy busy = asking.lastBusy();
        return busy != null && busy.freeIn().isPresent()
                ? shorter(pause, busy.freeIn().get().plusMillis(2))
                : pause;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private boolean ask() {
        if (this.due.isEmpty()) {
            return false;
        }
        List<Due> now = this.due;
        this.due = new ArrayList<>();
        if (this.store == null) {
            now.forEach(one -> one.claiming.askAnew(one.asking));
        } else {
            askTogether(now, this.store);
        }
        return false;
    }

    private static void askTogether(List<Due> due, LineDriver store) {
        List<Due> asked = new ArrayList<>(due.size());
        List<Question> questions = new ArrayList<>(due.size());
        for (Due one : due) {
            Question question = one.claiming.due(one.asking);
            if (question != null) {
                asked.add(one);
                questions.add(question);
            }
        }
        if (questions.isEmpty()) {
            return;
        }
        List<CompletionStage<Attempt>> replies = store.line(questions);
        for (int i = 0; i < replies.size(); i++) {
            Due one = asked.get(i);
            one.claiming.replying().sent(one.asking, questions.get(i).number(), replies.get(i));
        }
    }

    private record Due(Claiming claiming, Standing asking) {}
}
