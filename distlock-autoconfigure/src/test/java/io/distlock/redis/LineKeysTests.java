package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LineDriver.Handover;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.testredis.RedisConversation;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What a line looks like in a real Redis, and whom it serves when that was changed from outside. */
class LineKeysTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    private static final Duration ALIVE = Duration.ofSeconds(10);

    private final TestRedis redis = RedisServers.shared();

    private final LettuceConnectionFactory connections = Connections.to(this.redis);

    private final String prefix = "line:" + UUID.randomUUID() + ":";

    private final LockKey key = new LockKey(this.prefix, "k");

    private final LineDriver here = driver("here");

    private final LineDriver there = driver("there");

    private long number;

    private LineDriver driver(String instance) {
        return (LineDriver) new RedisLockDriverFactory(this.connections)
                .create(Connections.settings(this.prefix, instance + "-" + UUID.randomUUID()));
    }

    @BeforeEach
    void listen() {
        answer(this.here.listen(grant -> {}));
        answer(this.there.listen(grant -> {}));
    }

    @AfterEach
    void close() {
        this.here.close();
        this.there.close();
        this.connections.destroy();
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private Claim claim(String token) {
        return new Claim(new Hold(this.key, token, "attempt of " + token), LONG, 1, "");
    }

    private Question question(String token, Duration aliveFor) {
        return new Question(claim(token), "member " + token, ++this.number, aliveFor);
    }

    private Question standing(LineDriver driver, String token, Duration aliveFor) {
        Question question = question(token, aliveFor);
        assertThat(answer(driver.line(question))).isInstanceOf(Attempt.Busy.class);
        return question;
    }

    private void release(String token) {
        assertThat(answer(this.here.release(new Release(claim(token).hold(), Duration.ZERO))))
                .isEqualTo(Ownership.OURS);
    }

    private Object holder() {
        return this.redis.call("GET", this.key.full());
    }

    private Duration left(String of) {
        return Duration.ofMillis((Long) this.redis.call("PTTL", this.prefix + "~" + of + ":{" + this.key.full() + "}"));
    }

    @Test
    void itLivesAQuarterLongerThanTheLongestMarkAlsoAfterAHandOff() {
        answer(this.here.acquire(claim("a")));
        standing(this.there, "b", Duration.ofMillis(100));
        Duration longest = ALIVE.multipliedBy(5).dividedBy(4);
        Question again = question("c", ALIVE);
        Handover both = answer(this.here.releaseAndLine(new Release(claim("a").hold(), Duration.ZERO), again));
        assertThat(both.next()).isInstanceOf(Attempt.Busy.class);
        assertThat(holder()).isEqualTo("b");
        assertThat(left("line")).isBetween(ALIVE, longest);
        assertThat(left("wait")).isBetween(ALIVE, longest);

        standing(this.there, "d", ALIVE);
        assertThat(left("line")).isBetween(ALIVE.dividedBy(2), longest);
        assertThat(left("wait")).isBetween(ALIVE.dividedBy(2), longest);
    }

    @Test
    void theLastInItMakesWayForTheReleaserWithoutThatItIsTakenAwayAndMadeAnew() {
        answer(this.here.acquire(claim("a")));
        standing(this.there, "b", ALIVE);
        for (String key : List.of("line", "wait")) {
            this.redis.call(
                    "PEXPIRE", this.prefix + "~" + key + ":{" + this.key.full() + "}", Long.toString(LONG.toMillis()));
        }
        answer(this.here.releaseAndLine(new Release(claim("a").hold(), Duration.ZERO), question("c", ALIVE)));
        assertThat(holder()).isEqualTo("b");
        assertThat(left("line")).isGreaterThan(ALIVE.multipliedBy(2));
        assertThat(left("wait")).isGreaterThan(ALIVE.multipliedBy(2));
    }

    @Test
    void aListenerWhomNobodyHearsIsPassedOverThoughSomebodyListensToAllAndKeepsItsPlace() {
        try (LineDriver gone = driver("gone");
                RedisConversation monitor = this.redis.connect()) {
            monitor.call("PSUBSCRIBE", "*");
            answer(this.here.acquire(claim("a")));
            answer(gone.listen(grant -> {}));
            Question silent = standing(gone, "silent", ALIVE);
            gone.close();
            await().until(() -> ((List<?>) this.redis.call("PUBSUB", "CHANNELS", this.prefix + "*")).size() == 2);
            standing(this.there, "b", ALIVE);
            standing(this.there, "c", ALIVE);
            release("a");
            assertThat(holder()).isEqualTo("b");

            standing(this.there, "silent", ALIVE);
            release("b");
            assertThat(holder()).isEqualTo(silent.claim().hold().token());
        }
    }

    @Test
    void whoAskedBeforeTheClockWasSetBackIsPassedOverAndStandsAnewWhenItAsks() {
        answer(this.here.acquire(claim("a")));
        standing(this.there, "early", ALIVE);
        standing(this.there, "b", ALIVE);
        setAsked("early", Duration.ofHours(1));
        release("a");
        assertThat(holder()).isEqualTo("b");
        assertThat(this.redis.call("ZCARD", this.prefix + "~line:{" + this.key.full() + "}"))
                .isEqualTo(0L);

        standing(this.there, "early", ALIVE);
        release("b");
        assertThat(holder()).isEqualTo("early");
    }

    @Test
    void whoAskedLongAgoSinceTheClockWasSetAheadIsPassedOverAndStandsAnewWhenItAsks() {
        answer(this.here.acquire(claim("a")));
        standing(this.there, "late", ALIVE);
        setAsked("late", Duration.ofHours(-1));
        release("a");
        assertThat(holder()).isNull();

        answer(this.here.acquire(claim("b")));
        standing(this.there, "late", ALIVE);
        release("b");
        assertThat(holder()).isEqualTo("late");
    }

    @Test
    void aReleaseThatIsSentAgainIsKnownAfterTheLockWasHandedOnTwice() {
        answer(this.here.acquire(claim("a")));
        standing(this.there, "b", ALIVE);
        standing(this.there, "c", ALIVE);
        release("a");
        release("b");
        assertThat(holder()).isEqualTo("c");
        release("a");
        release("b");
        assertThat(holder()).isEqualTo("c");
    }

    /** As if the server's clock had been set back by that much since the member asked. */
    private void setAsked(String token, Duration ahead) {
        String waiting = this.prefix + "~wait:{" + this.key.full() + "}";
        String[] entry = ((String) this.redis.call("HGET", waiting, "member " + token)).split("\n", 3);
        long asked = Long.parseLong(entry[1]) + TimeUnit.MICROSECONDS.convert(ahead);
        this.redis.call("HSET", waiting, "member " + token, entry[0] + "\n" + asked + "\n" + entry[2]);
    }
}
