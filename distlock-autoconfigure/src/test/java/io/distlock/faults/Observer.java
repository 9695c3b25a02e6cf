package io.distlock.faults;

import static org.awaitility.Awaitility.await;

import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Looks at a Redis behind the back of those who lock there. */
final class Observer {

    /** What the library sends; whatever a script calls is counted by Redis too, but costs no request. */
    private static final Set<String> SENT =
            Set.of("eval", "evalsha", "script|load", "subscribe", "unsubscribe", "ping");

    private static final Set<String> SCRIPTS = Set.of("eval", "evalsha");

    private final TestRedis redis;

    Observer(TestRedis redis) {
        this.redis = redis;
    }

    String holder(String key) {
        return (String) this.redis.call("GET", "distlock:" + key);
    }

    /** How long the key lives unless renewed. */
    Duration left(String key) {
        return Duration.ofMillis((Long) this.redis.call("PTTL", "distlock:" + key));
    }

    long waiting(String key) {
        return (Long) this.redis.call("ZCARD", "distlock:~line:{distlock:" + key + "}");
    }

    /** So many instances stand in line. */
    void awaitWaiting(String key, long instances) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(10))
                .until(() -> waiting(key) == instances);
    }

    /** So many of the instances in line are known there to hear messages, which each says with a question of its own. */
    void awaitListening(String key, long instances) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(10))
                .until(() -> ((List<?>) this.redis.call("HVALS", "distlock:~wait:{distlock:" + key + "}"))
                                .stream()
                                        .filter(entry -> String.valueOf(entry)
                                                .split("\n", 7)[5]
                                                .equals("1"))
                                        .count()
                        == instances);
    }

    long subscriptions() {
        return ((List<?>) this.redis.call("PUBSUB", "CHANNELS", "distlock:*")).size();
    }

    void awaitSubscriptions(long instances) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(10))
                .until(() -> subscriptions() == instances);
    }

    List<String> keys() {
        return ((List<?>) this.redis.call("KEYS", "*"))
                .stream().map(String::valueOf).toList();
    }

    /** How many requests lockers have sent so far. */
    long requests() {
        return calls(SENT);
    }

    /** How many scripts of theirs have run so far. */
    long questions() {
        return calls(SCRIPTS);
    }

    private long calls(Set<String> commands) {
        String stats = (String) this.redis.call("INFO", "commandstats");
        return Arrays.stream(stats.split("\r\n"))
                .filter(line -> line.startsWith("cmdstat_"))
                .map(line -> line.substring("cmdstat_".length()).split(":calls=|,", 3))
                .filter(stat -> commands.contains(stat[0]))
                .mapToLong(stat -> Long.parseLong(stat[1]))
                .sum();
    }
}
