package io.distlock.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.redis.connection.RedisScriptingCommands;
import org.springframework.data.redis.connection.ReturnType;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** Scripts as Jedis executes them, whose connections speak in bytes. */
final class JedisScripts {

    private JedisScripts() {}

    /** By its digest, and by its text where the server does not know it yet. */
    static List<Object> run(RedisScriptingCommands redis, Script script, String[] keys, String[] arguments) {
        byte[][] all = bytes(keys, arguments);
        try {
            return read(redis.evalSha(script.digest(), ReturnType.VALUE, keys.length, all));
        } catch (RuntimeException failure) {
            String reason = NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
            if (reason == null || !reason.contains("NOSCRIPT")) {
                throw failure;
            }
            return read(redis.eval(bytes(script.source()), ReturnType.VALUE, keys.length, all));
        }
    }

    /**
     * The same over a connection to one node.
     *
     * @param isAsked whether the node has been named by another one, from which the slot of the keys is just being moved
     */
    static List<Object> run(Connection node, boolean isAsked, Script script, String[] keys, String[] arguments) {
        byte[][] all = bytes(keys, arguments);
        try {
            return read(send(node, isAsked, Command.EVALSHA, script.digest(), keys.length, all));
        } catch (JedisNoScriptException unknown) {
            return read(send(node, isAsked, Command.EVAL, script.source(), keys.length, all));
        }
    }

    private static @Nullable Object send(
            Connection node, boolean isAsked, Command how, String script, int keys, byte[][] all) {
        if (isAsked) {
            node.executeCommand(Command.ASKING);
        }
        CommandArguments command = new CommandArguments(how).add(script).add(keys);
        for (byte[] argument : all) {
            command.add(argument);
        }
        return node.executeCommand(command);
    }

    static void load(RedisScriptingCommands redis) {
        for (Script script : Script.values()) {
            redis.scriptLoad(bytes(script.source()));
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

    private static byte[][] bytes(String[] keys, String[] arguments) {
        byte[][] all = new byte[keys.length + arguments.length][];
        for (int i = 0; i < all.length; i++) {
            all[i] = bytes(i < keys.length ? keys[i] : arguments[i - keys.length]);
        }
        return all;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
