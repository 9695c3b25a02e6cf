package io.distlock.faults;

import static org.awaitility.Awaitility.await;

import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Looks at a Redis behind the back of those who lock there. */
final class Observer {

    /** What our scripts call; everything else that is counted was sent by a client. */
    private static final Set<String> IN_SCRIPTS = Set.of(
            "get",
            "set",
            "del",
            "pttl",
            "pexpire",
            "time",
            "hget",
            "hset",
            "hmget",
            "hdel",
            "zadd",
            "zrem",
            "zrange",
            "zrevrange",
            "zscore",
            "publish",
            "pubsub|numsub");

    /** What this class sends. */
    private static final Set<String> OURS = Set.of("info", "zcard", "exists", "keys", "client|list", "pubsub|channels");

    private final TestRedis redis;

    Observer(TestRedis redis) {
        this.redis = redis;
    }

    String holder(String key) {
        return (String) this.redis.call("GET", "distlock:" + key);
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

    /** How many requests clients have sent so far, those of this class not counted. */
    long requests() {
        String stats = (String) this.redis.call("INFO", "commandstats");
        return Arrays.stream(stats.split("\r\n"))
                .filter(line -> line.startsWith("cmdstat_"))
                .map(line -> line.substring("cmdstat_".length()).split(":calls=|,", 3))
                .filter(stat -> !IN_SCRIPTS.contains(stat[0]) && !OURS.contains(stat[0]))
                .mapToLong(stat -> Long.parseLong(stat[1]))
                .sum();
    }
}
