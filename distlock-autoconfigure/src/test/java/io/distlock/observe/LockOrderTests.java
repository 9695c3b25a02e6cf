package io.distlock.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.distlock.LockEvent;
import io.distlock.ReleaseOutcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Who is warned of opposite orders when. */
class LockOrderTests {

    /** So many that some of them are at the same place at the same time. */
    private static final int ROUNDS = 5_000;

    private final Logger logger = (Logger) LoggerFactory.getLogger(LockOrder.class);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    private final LockOrder order = new LockOrder();

    private final AtomicLong ids = new AtomicLong();

    @BeforeEach
    void listen() {
        this.log.start();
        this.logger.addAppender(this.log);
        this.logger.setAdditive(false);
    }

    @AfterEach
    void stop() {
        this.logger.detachAppender(this.log);
        this.logger.setAdditive(true);
    }

    @Test
    void ofTwoThreadsThatNoticeAtOnceOneWarns() {
        AtomicInteger there = new AtomicInteger();
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> takeAll("b", "a", there));
        takeAll("a", "b", there);
        other.join();
        Set<String> pairs = new HashSet<>();
        assertThat(List.copyOf(this.log.list))
                .hasSize(ROUNDS)
                .allSatisfy(line -> pairs.add(line.getFormattedMessage().replaceAll("\\D+(\\d+).*", "$1")));
        assertThat(pairs).as("one warning for each pair").hasSize(ROUNDS);
    }

    private void takeAll(String first, String second, AtomicInteger there) {
        for (int round = 0; round < ROUNDS; round++) {
            LockEvent outer = take(first + round);
            there.incrementAndGet();
            while (there.get() < 2 * (round + 1)) {
                Thread.onSpinWait();
            }
            LockEvent inner = take(second + round);
            this.order.onReleased(inner, ReleaseOutcome.RELEASED);
            this.order.onReleased(outer, ReleaseOutcome.RELEASED);
        }
    }

    private LockEvent take(String name) {
        LockEvent event = new LockEvent(
                this.ids.incrementAndGet(), "default", name, Set.of("key"), 1, Duration.ZERO, Duration.ZERO);
        this.order.onAsked(event);
        this.order.onTaken(event);
        return event;
    }
}
