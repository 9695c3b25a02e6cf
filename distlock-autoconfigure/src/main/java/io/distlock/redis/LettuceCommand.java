package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One command under way. A server answers in the order it was asked, so a command is late when its server has been silent
 * for the command's time-out; while it answers others, a queue is what takes so long, up to a limit.
 */
final class LettuceCommand {

    /** A time-out is a third of the ttl at most: what comes later than this is of no use. */
    private static final int MOST_TIMEOUTS = 3;

    private final CompletableFuture<List<Object>> answer = new CompletableFuture<>();

    private final long start = System.nanoTime();

    private final LettuceDoor door;

    private final Rounds rounds;

    private final CommandConnection connection;

    private final Opening opening;

    private final Script script;

    private final LettuceCall call;

    private final Duration timeout;

    private final String node;

    /** Only in a round. */
    private long lateAt;

    private volatile boolean sent;

    /** @param node of a cluster that will answer; empty where there is one server */
    LettuceCommand(
            LettuceDoor door,
            Rounds rounds,
            CommandConnection connection,
            Script script,
            LettuceCall call,
            Duration timeout,
            String node) {
        this.door = door;
        this.rounds = rounds;
        this.connection = connection;
        this.opening = connection.begin();
        this.script = script;
        this.call = call;
        this.timeout = timeout;
        this.node = node;
        this.lateAt = this.start + timeout.toNanos();
    }

    CompletableFuture<List<Object>> run() {
        this.answer.whenComplete((reply, failure) -> this.opening.end());
        watch();
        this.opening.whenDone((wire, failure) -> {
            if (wire == null) {
                fail(failure);
            } else if (!this.answer.isDone()) {
                send(wire);
            }
        });
        return this.answer;
    }

    private void send(Wire wire) {
        this.sent = true;
        this.connection.wasOpen();
        wire.dispatch(CommandType.EVALSHA, this.call.of(this.script.digest())).whenComplete((reply, failure) -> {
            if (failure instanceof RedisNoScriptException) {
                wire.dispatch(CommandType.EVAL, this.call.of(this.script.source()))
                        .whenComplete(this::end);
            } else {
                end(reply, failure);
            }
        });
    }

    private void end(@Nullable List<Object> reply, @Nullable Throwable failure) {
        if (failure != null || reply == null) {
            fail(failure);
        } else {
            this.opening.heard(this.node);
            this.answer.complete(reply);
        }
    }

    private void fail(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof LockDriverException known) {
            this.answer.completeExceptionally(known);
        } else if (cause instanceof RedisCommandExecutionException answered) {
            this.opening.heard(this.node);
            this.answer.completeExceptionally(RedisErrors.answered(String.valueOf(answered.getMessage()), answered));
        } else {
            this.answer.completeExceptionally(new LockDriverException(
                    Kind.UNANSWERED, "the connection to Redis was lost before the answer: " + cause, cause));
        }
    }

    private void watch() {
        try {
            this.rounds.watch(this);
        } catch (IllegalStateException stopped) {
            Kind kind = this.sent ? Kind.UNANSWERED : Kind.UNREACHABLE;
            fail(new LockDriverException(kind, "the Redis client has been shut down", stopped));
        }
    }

    /** Whether it must be looked at again; if it is late, it fails here. */
    boolean isUnderWay(long now) {
        if (this.answer.isDone()) {
            return false;
        }
        if (now - this.lateAt < 0) {
            return true;
        }
        long silentSince = Math.max(this.start, this.opening.heardAt(this.node));
        boolean queued = this.sent && now - silentSince < this.timeout.toNanos();
        long most = this.start + MOST_TIMEOUTS * this.timeout.toNanos();
        if (queued && now - most < 0) {
            this.lateAt = Math.min(silentSince + this.timeout.toNanos(), most);
            return true;
        }
        late(now, queued);
        return false;
    }

    private void late(long now, boolean queued) {
        String fact = this.door + " did not answer within " + TimeUnit.NANOSECONDS.toMillis(now - this.start) + " ms";
        Kind kind = this.sent ? Kind.UNANSWERED : Kind.UNREACHABLE;
        if (this.answer.completeExceptionally(new LockDriverException(kind, fact, null)) && this.sent && !queued) {
            this.connection.isSilent(this.opening);
        }
    }
}
