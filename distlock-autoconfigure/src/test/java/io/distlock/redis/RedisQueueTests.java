package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisConversation;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A command may be late because of those before it, or because nobody answers: only the latter is a silent store. */
class RedisQueueTests {

    static final Duration TIMEOUT = Duration.ofMillis(500);

    static final String KEY = "key";

    private static final Duration LONG = Duration.ofSeconds(30);

    /** Closed after the test. */
    final List<AutoCloseable> opened = new ArrayList<>();

    final PrivateRedis redis = server();

    final RedisLink link = connect(this.redis);

    @AfterEach
    void close() throws Exception {
        this.link.close();
        for (AutoCloseable one : this.opened) {
            one.close();
        }
        this.redis.close();
    }

    /** One that has {@link #KEY}. */
    PrivateRedis server() {
        return RedisServers.start();
    }

    RedisLink connect(PrivateRedis server) {
        LettuceConnectionFactory connections = Connections.to(server);
        this.opened.add(connections::destroy);
        return new LettuceLink(new LettuceDoor(connections), TIMEOUT);
    }

    /** Commands of such a size that Redis turns to its other clients after each. */
    private void queue(int commands) {
        String[] keys = new String[900];
        Arrays.fill(keys, KEY);
        String[] arguments = new String[1 + 3 * 450];
        Arrays.fill(arguments, "60000");
        for (int i = 0; i < commands; i++) {
            this.link.run(Script.RENEW, LONG, keys, arguments);
        }
    }

    /** A client whose every command takes its time. */
    private void keepBusy(AtomicBoolean busy) {
        String slow = "local function now() local t = redis.call('time') return t[1] * 1000 + t[2] / 1000 end "
                + "local till = now() + 40 while now() < till do end";
        try (RedisConversation foreign = this.redis.connect()) {
            while (busy.get()) {
                foreign.send("EVAL", slow, "0");
                foreign.read();
            }
        }
    }

    CompletableFuture<List<Object>> ask() {
        return this.link.run(Script.TTL, TIMEOUT, new String[] {KEY}, new String[] {"token"});
    }

    @Test
    void aCommandBehindManyOthersIsAnsweredAfterItsTimeOut() {
        ask().join();
        AtomicBoolean busy = new AtomicBoolean(true);
        CompletableFuture<Void> foreign = CompletableFuture.runAsync(() -> keepBusy(busy));
        try {
            long enough = TIMEOUT.plusMillis(200).toNanos(); // timers keep time to a tenth of a second
            long took = 0;
            for (int queued = 4; took <= enough; queued += queued / 2) {
                queue(queued);
                long start = System.nanoTime();
                assertThat(ask()).as("behind %s others", queued).succeedsWithin(LONG);
                took = System.nanoTime() - start;
            }
        } finally {
            busy.set(false);
            foreign.join();
        }
    }

    @Test
    void whatIsUnderWayWhenOneIsLateIsStillAnswered() {
        ask().join();
        this.redis.pause();
        CompletableFuture<List<Object>> late = ask();
        CompletableFuture<List<Object>> inTime;
        try {
            Awaitility.await().pollDelay(TIMEOUT.multipliedBy(3).dividedBy(4)).until(() -> true);
            inTime = ask();
            assertThat(late)
                    .failsWithin(TIMEOUT)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            LockDriverException.class,
                            silent -> assertThat(silent.kind()).isEqualTo(Kind.UNANSWERED));
        } finally {
            this.redis.resume();
        }
        assertThat(inTime).succeedsWithin(TIMEOUT);
    }
}
