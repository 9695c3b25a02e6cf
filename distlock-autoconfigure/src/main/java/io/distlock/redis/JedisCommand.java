package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** One thing asked over a blocking connection, by whichever thread runs this. */
final class JedisCommand<T> implements Runnable {

    private final CompletableFuture<T> answer = new CompletableFuture<>();

    private final RedisConnectionFactory factory;

    private final Function<RedisConnection, T> question;

    private final long start = System.nanoTime();

    private volatile boolean sent;

    /** When a thread took it on. */
    private volatile long sentAt;

    JedisCommand(RedisConnectionFactory factory, Function<RedisConnection, T> question) {
        this.factory = factory;
        this.question = question;
    }

    CompletableFuture<T> answer() {
        return this.answer;
    }

    boolean isSent() {
        return this.sent;
    }

    long start() {
        return this.start;
    }

    /** Since when nothing has been heard of it, though others have been answered there meanwhile. */
    long silentSince(long heardAt) {
        boolean othersWereAnswered = heardAt - this.start > 0;
        if (!othersWereAnswered) {
            return this.start;
        }
        return this.sent ? this.sentAt : heardAt;
    }

    /** Nobody waits for it any more; if it is not sent yet, it never is. */
    void giveUp(LockDriverException why) {
        this.answer.completeExceptionally(why);
    }

    @Override
    public void run() {
        if (this.answer.isDone()) {
            return;
        }
        try (RedisConnection connection = this.factory.getConnection()) {
            this.sentAt = System.nanoTime();
            this.sent = true;
            this.answer.complete(this.question.apply(connection));
        } catch (LockDriverException known) {
            this.answer.completeExceptionally(known);
        } catch (RuntimeException failure) {
            this.answer.completeExceptionally(explain(translated(failure)));
        }
    }

    /** What comes from Jedis itself, where its own client is asked. */
    private RuntimeException translated(RuntimeException failure) {
        RuntimeException known = this.factory.translateExceptionIfPossible(failure);
        return known == null ? failure : known;
    }

    private LockDriverException explain(RuntimeException failure) {
        String reason = reason(failure);
        if (!(failure instanceof RedisConnectionFailureException) || isAnswer(reason)) {
            return RedisErrors.answered(reason, failure);
        }
        if (!this.sent || reason.startsWith("Failed to connect")) {
            return new LockDriverException(
                    Kind.UNREACHABLE,
                    "no connection to Redis. Check that it runs and spring.data.redis.* (" + reason + ")",
                    failure);
        }
        return reason.contains("end of stream") && isShownTheDoor()
                ? RedisErrors.answered("NOAUTH: it closed the connection without a word", failure)
                : new LockDriverException(
                        Kind.UNANSWERED, "the connection to Redis was lost before the answer: " + reason, failure);
    }

    /** Redis reads no long command of somebody who has not logged in, and does not always say why. */
    private boolean isShownTheDoor() {
        try (RedisConnection connection = this.factory.getConnection()) {
            connection.ping();
            return false;
        } catch (RuntimeException failure) {
            return reason(failure).startsWith("NOAUTH");
        }
    }

    private static boolean isAnswer(String reason) {
        return reason.matches("[A-Z]{3,} .*");
    }

    private static String reason(RuntimeException failure) {
        return String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
    }
}
