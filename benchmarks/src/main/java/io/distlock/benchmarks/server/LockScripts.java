package io.distlock.benchmarks.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** distlock's scripts, loaded into a Redis, to be asked without its client. */
public final class LockScripts {

    private final String acquire;

    private final String release;

    private final String renew;

    private LockScripts(String acquire, String release, String renew) {
        this.acquire = acquire;
        this.release = release;
        this.renew = renew;
    }

    public static LockScripts load(Resp redis) throws IOException {
        return new LockScripts(
                load(redis, "record", "acquire-at-once", "line", "acquire"),
                load(redis, "record", "release-at-once", "hand-on-at-once", "line", "release"),
                load(redis, "renew"));
    }

    private static String load(Resp redis, String... files) throws IOException {
        StringBuilder source = new StringBuilder();
        for (String file : files) {
            source.append(read("/io/distlock/redis/" + file + ".lua"));
        }
        return (String) Objects.requireNonNull(redis.call("SCRIPT", "LOAD", source.toString()));
    }

    private static String read(String file) {
        try (InputStream in = Objects.requireNonNull(LockScripts.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** One attempt for a free lock, for 30 s. */
    public String[] acquire(String key, String token, String attempt) {
        return new String[] {
            "EVALSHA",
            this.acquire,
            "4",
            lock(key),
            record(key),
            beside("line", key),
            beside("wait", key),
            "3600000",
            "1distlock:~inbox:1:benchmarks",
            token,
            attempt,
            "30000",
            "1",
            "",
            ""
        };
    }

    public String[] release(String key, String token, String attempt) {
        return new String[] {
            "EVALSHA",
            this.release,
            "4",
            lock(key),
            record(key),
            beside("line", key),
            beside("wait", key),
            "3600000",
            "1distlock:~inbox:1:benchmarks",
            token,
            attempt,
            ""
        };
    }

    /** Of all these keys in one request. */
    public String[] renew(List<String> keys, String token, String attempt) {
        String[] words = new String[4 + 5 * keys.size()];
        words[0] = "EVALSHA";
        words[1] = this.renew;
        words[2] = Integer.toString(2 * keys.size());
        words[3 + 2 * keys.size()] = "3600000";
        for (int i = 0; i < keys.size(); i++) {
            words[3 + 2 * i] = lock(keys.get(i));
            words[4 + 2 * i] = record(keys.get(i));
            int first = 4 + 2 * keys.size() + 3 * i;
            words[first] = token;
            words[first + 1] = attempt;
            words[first + 2] = "30000";
        }
        return words;
    }

    private static String lock(String key) {
        return "distlock:" + key;
    }

    private static String record(String key) {
        return beside("rec", key);
    }

    private static String beside(String what, String key) {
        return "distlock:~" + what + ":{" + lock(key) + "}";
    }
}
