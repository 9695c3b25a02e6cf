package io.distlock.benchmarks.server;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** distlock's scripts, loaded into a Redis, to be asked without its client. */
public final class LockScripts {

    /** Of whoever waits. */
    public static final String INBOX = "distlock:~inbox:1:benchmarks";

    private final String acquire;

    private final String release;

    private final String renew;

    private LockScripts(String acquire, String release, String renew) {
        this.acquire = acquire;
        this.release = release;
        this.renew = renew;
    }

    public static LockScripts load(Resp redis) throws IOException {
        return new LockScripts(load(redis, "ACQUIRE"), load(redis, "RELEASE"), load(redis, "RENEW"));
    }

    /** Others in place of those that acquire and release, with the same keys and arguments. */
    public LockScripts with(Resp redis, String acquire, String release) throws IOException {
        return new LockScripts(loadSource(redis, acquire), loadSource(redis, release), this.renew);
    }

    private static String load(Resp redis, String script) throws IOException {
        return loadSource(redis, source(script));
    }

    private static String loadSource(Resp redis, String source) throws IOException {
        return (String) Objects.requireNonNull(redis.call("SCRIPT", "LOAD", source));
    }

    /** As the driver puts it together, of which its room tells nobody. */
    private static String source(String script) {
        try {
            Class<?> scripts = Class.forName("io.distlock.redis.Script");
            Object found = Arrays.stream(scripts.getEnumConstants())
                    .filter(one -> one.toString().equals(script))
                    .findFirst()
                    .orElseThrow();
            Method source = scripts.getDeclaredMethod("source");
            source.setAccessible(true);
            return (String) source.invoke(found);
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException("The driver has no script " + script + " any more", changed);
        }
    }

    /** One attempt for a free lock, for 30 s. */
    public String[] acquire(String key, String token, String attempt) {
        return about(this.acquire, key, token, attempt, "30000", "1", "", "");
    }

    /** One that stands in line, with an inbox that is listened to, and is taken to be alive for long. */
    public String[] stand(String key, String token, String attempt, String member) {
        return about(this.acquire, key, token, attempt, "30000", "1", "", place(member));
    }

    public String[] release(String key, String token, String attempt) {
        return about(this.release, key, token, attempt, "");
    }

    /** A release that takes the next place in line with it. */
    public String[] handOn(
            String key, String token, String attempt, String nextToken, String nextAttempt, String member) {
        return about(this.release, key, token, attempt, "", nextToken, nextAttempt, "30000", "1", "", place(member));
    }

    private static String place(String member) {
        return "11 1 600000 " + member;
    }

    private static String[] about(String script, String key, String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                "EVALSHA",
                script,
                "4",
                lock(key),
                record(key),
                beside("line", key),
                beside("wait", key),
                "3600000",
                "1" + INBOX));
        words.addAll(List.of(arguments));
        return words.toArray(String[]::new);
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
