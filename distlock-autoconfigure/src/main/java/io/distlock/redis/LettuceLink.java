package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One command and one pub/sub connection of our own, opened from the application's Lettuce client at first use.
 *
 * <p>A command that is not answered in time gives its connection up: a connection may be dead without a word, and the
 * application's own ones are not touched. Lettuce sends unanswered commands again when it has connected anew, so every
 * script must be harmless when it is executed twice.
 */
final class LettuceLink implements RedisLink {

    /** The first connection of a process loads classes and starts threads, on a cold machine for longer than any command. */
    private static final Duration FIRST_CONNECTION = Duration.ofSeconds(5);

    private static final Duration CLOSING = Duration.ofMillis(200);

    private final LettuceDoor door;

    private final Timer timer;

    private final long patience;

    private final AtomicReference<@Nullable Opening> commands = new AtomicReference<>();

    private final LettuceInbox inbox;

    private volatile boolean wasOpen;

    private volatile boolean closed;

    LettuceLink(LettuceDoor door, Duration patience) {
        this.door = door;
        this.timer = door.timer();
        this.patience = patience.toNanos();
        this.inbox = new LettuceInbox(door);
    }

    @Override
    public CompletableFuture<List<Object>> run(Script script, Duration timeout, String[] keys, String[] arguments) {
        Command command = new Command(opening(), script, keys, arguments);
        try {
            command.start(
                    this.timer, this.wasOpen || timeout.compareTo(FIRST_CONNECTION) > 0 ? timeout : FIRST_CONNECTION);
        } catch (IllegalStateException stopped) {
            command.fail(new LockDriverException(Kind.UNREACHABLE, "the Redis client has been shut down", stopped));
        }
        return command.answer;
    }

    @Override
    public CompletableFuture<Void> subscribe(String channel, Duration timeout, Consumer<String> listener) {
        return this.inbox.open(channel, listener);
    }

    @Override
    public boolean isListening() {
        return this.inbox.isListening();
    }

    @Override
    public boolean isOneServer() {
        return this.door.isOneServer();
    }

    @Override
    public void close() {
        this.closed = true;
        CompletionStage<Void> inboxClosed = this.inbox.close();
        Opening last = this.commands.getAndSet(null);
        if (last != null) {
            awaitBriefly(last.giveUp());
        }
        awaitBriefly(inboxClosed);
    }

    /** The application's client comes next: what it finds half closed it complains about. */
    private static void awaitBriefly(CompletionStage<Void> closed) {
        try {
            closed.toCompletableFuture().get(CLOSING.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException neverMind) {
            // it ends with the client
        }
    }

    private Opening opening() {
        while (true) {
            Opening now = this.commands.get();
            if (now != null && now.isWorthWaitingFor(this.wasOpen ? this.patience : FIRST_CONNECTION.toNanos())) {
                return now;
            }
            if (this.closed) {
                return Opening.failed(new LockDriverException(Kind.UNREACHABLE, "the locker is closed", null));
            }
            Opening next = new Opening();
            if (this.commands.compareAndSet(now, next)) {
                if (now != null) {
                    now.giveUp();
                }
                this.door.open(next);
                return next;
            }
        }
    }

    /** One command under way. */
    private final class Command {

        private final CompletableFuture<List<Object>> answer = new CompletableFuture<>();

        private final Opening opening;

        private final Script script;

        private final String[] keys;

        private final String[] arguments;

        private volatile boolean sent;

        Command(Opening opening, Script script, String[] keys, String[] arguments) {
            this.opening = opening;
            this.script = script;
            this.keys = keys;
            this.arguments = arguments;
        }

        void start(Timer timer, Duration timeout) {
            Timeout end = timer.newTimeout(ignored -> unanswered(timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
            this.answer.whenComplete((reply, failure) -> end.cancel());
            this.opening.wire().whenComplete((wire, failure) -> {
                if (failure != null) {
                    fail(failure);
                } else if (!this.answer.isDone()) {
                    send(wire);
                }
            });
        }

        private void send(Wire wire) {
            this.sent = true;
            LettuceLink.this.wasOpen = true;
            wire.scripts()
                    .<List<Object>>evalsha(this.script.digest(), ScriptOutputType.MULTI, this.keys, this.arguments)
                    .whenComplete((reply, failure) -> {
                        if (failure instanceof RedisNoScriptException) {
                            sendText(wire);
                        } else {
                            end(reply, failure);
                        }
                    });
        }

        private void sendText(Wire wire) {
            wire.scripts()
                    .<List<Object>>eval(this.script.source(), ScriptOutputType.MULTI, this.keys, this.arguments)
                    .whenComplete(this::end);
        }

        private void end(@Nullable List<Object> reply, @Nullable Throwable failure) {
            if (failure != null || reply == null) {
                fail(failure);
            } else {
                this.answer.complete(reply);
            }
        }

        private void fail(@Nullable Throwable failure) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof LockDriverException known) {
                this.answer.completeExceptionally(known);
            } else if (cause instanceof RedisCommandExecutionException answered) {
                this.answer.completeExceptionally(
                        RedisErrors.answered(String.valueOf(answered.getMessage()), answered));
            } else {
                this.answer.completeExceptionally(new LockDriverException(
                        Kind.UNANSWERED, "the connection to Redis was lost before the answer: " + cause, cause));
            }
        }

        private void unanswered(Duration timeout) {
            String fact = LettuceLink.this.door + " did not answer within " + timeout.toMillis() + " ms";
            Kind kind = this.sent ? Kind.UNANSWERED : Kind.UNREACHABLE;
            if (this.answer.completeExceptionally(new LockDriverException(kind, fact, null)) && this.sent) {
                LettuceLink.this.commands.compareAndSet(this.opening, null);
                this.opening.giveUp();
            }
        }
    }
}
