package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisScriptingCommands;
import org.springframework.data.redis.connection.ReturnType;

/** One script, executed over a blocking connection by whichever thread runs this. */
final class JedisCommand implements Runnable {

    private final CompletableFuture<List<Object>> answer = new CompletableFuture<>();

    private final RedisConnectionFactory factory;

    private final Script script;

    private final int keys;

    private final byte[][] keysAndArguments;

    private volatile boolean sent;

    JedisCommand(RedisConnectionFactory factory, Script script, String[] keys, String[] arguments) {
        this.factory = factory;
        this.script = script;
        this.keys = keys.length;
        this.keysAndArguments = new byte[keys.length + arguments.length][];
        for (int i = 0; i < keys.length; i++) {
            this.keysAndArguments[i] = bytes(keys[i]);
        }
        for (int i = 0; i < arguments.length; i++) {
            this.keysAndArguments[keys.length + i] = bytes(arguments[i]);
        }
    }

    CompletableFuture<List<Object>> answer() {
        return this.answer;
    }

    boolean isSent() {
        return this.sent;
    }

    @Override
    public void run() {
        if (this.answer.isDone()) {
            return;
        }
        try (RedisConnection connection = this.factory.getConnection()) {
            RedisScriptingCommands scripts = connection.scriptingCommands();
            this.sent = true;
            this.answer.complete(read(execute(scripts)));
        } catch (RuntimeException failure) {
            this.answer.completeExceptionally(explain(failure));
        }
    }

    private @Nullable Object execute(RedisScriptingCommands scripts) {
        try {
            return scripts.evalSha(this.script.digest(), ReturnType.VALUE, this.keys, this.keysAndArguments);
        } catch (RuntimeException failure) {
            if (!reason(failure).contains("NOSCRIPT")) {
                throw failure;
            }
            return scripts.eval(bytes(this.script.source()), ReturnType.VALUE, this.keys, this.keysAndArguments);
        }
    }

    /** What a connection answers as bytes is text, and one value alone is a list of one. */
    private static List<Object> read(@Nullable Object reply) {
        return reply instanceof List<?> list ? texts(list) : texts(Collections.singletonList(reply));
    }

    private static List<Object> texts(List<?> values) {
        List<Object> texts = new ArrayList<>(values.size());
        values.forEach(value -> texts.add(text(value)));
        return texts;
    }

    private static Object text(Object value) {
        if (value instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        return value instanceof List<?> list ? texts(list) : value;
    }

    private LockDriverException explain(RuntimeException failure) {
        String reason = reason(failure);
        if (!(failure instanceof RedisConnectionFailureException) || reason.matches("[A-Z]{4,} .*")) {
            return RedisErrors.answered(reason, failure);
        }
        boolean connected = this.sent && !reason.startsWith("Failed to connect");
        return connected
                ? new LockDriverException(
                        Kind.UNANSWERED, "the connection to Redis was lost before the answer: " + reason, failure)
                : new LockDriverException(
                        Kind.UNREACHABLE,
                        "no connection to Redis. Check that it runs and spring.data.redis.* (" + reason + ")",
                        failure);
    }

    private static String reason(RuntimeException failure) {
        return String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
