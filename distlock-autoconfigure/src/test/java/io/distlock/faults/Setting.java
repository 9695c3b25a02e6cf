package io.distlock.faults;

import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** How an instance in a process of its own is set up: one argument of its command line each, the store first. */
record Setting(String name, String value) {

    /** So that fences say when the server granted. */
    static final Setting WITHOUT_PASSING = new Setting("without", "passing");

    static final Setting WITHOUT_MESSAGES = new Setting("without", "messages");

    static final Setting OVER_LETTUCE = new Setting("over", "lettuce");

    /** Instead of Lettuce. */
    static final Setting OVER_JEDIS = new Setting("over", "jedis");

    static Setting redis(TestRedis redis) {
        return new Setting("redis", address(redis));
    }

    /** @param rejoinAfter how long a node must have been up to vote */
    static Setting majorityOf(List<? extends TestRedis> nodes, Duration rejoinAfter) {
        return new Setting("majority", rejoinAfter.toMillis() + "," + addresses(nodes));
    }

    static Setting sentinels(String master, List<? extends TestRedis> sentinels) {
        return new Setting("sentinels", master + "," + addresses(sentinels));
    }

    static Setting ttl(Duration ttl) {
        return new Setting("ttl", String.valueOf(ttl.toMillis()));
    }

    static Setting grace(Duration grace) {
        return new Setting("grace", String.valueOf(grace.toMillis()));
    }

    /** For how long a thread is idle between its turns; where nobody stands in line, others would rarely get theirs. */
    static Setting idle(Duration time) {
        return new Setting("idle", String.valueOf(time.toMillis()));
    }

    /** The database in which fences are checked. */
    static Setting ledger(String url) {
        return new Setting("ledger", url);
    }

    static String ledger(List<Setting> settings) {
        return settings.stream()
                .filter(setting -> setting.name.equals("ledger"))
                .map(Setting::value)
                .findFirst()
                .orElseThrow();
    }

    String argument() {
        return this.name + "=" + this.value;
    }

    static List<Setting> read(String... arguments) {
        return Arrays.stream(arguments)
                .map(argument -> argument.split("=", 2))
                .map(argument -> new Setting(argument[0], argument[1]))
                .toList();
    }

    static RunningInstance.Setup instance(List<Setting> settings) {
        RunningInstance.Setup setup = settings.get(0).store(settings.contains(OVER_JEDIS));
        settings.stream().skip(1).forEach(setting -> setting.apply(setup));
        return setup;
    }

    static Duration idle(List<Setting> settings) {
        return settings.stream()
                .filter(setting -> setting.name.equals("idle"))
                .map(Setting::time)
                .findFirst()
                .orElse(Duration.ZERO);
    }

    private RunningInstance.Setup store(boolean overJedis) {
        List<String> words = List.of(this.value.split(","));
        List<String> others = words.subList(1, words.size());
        return switch (this.name) {
            case "redis" -> {
                var redis = new RedisStandaloneConfiguration(host(this.value), port(this.value));
                yield overJedis ? RunningInstance.overJedis(redis) : RunningInstance.with(redis);
            }
            case "majority" ->
                RunningInstance.withMajorityOf(
                        others.stream().map(node -> "redis://" + node).toList(),
                        Duration.ofMillis(Long.parseLong(words.get(0))));
            case "sentinels" -> {
                RedisSentinelConfiguration sentinels = new RedisSentinelConfiguration().master(words.get(0));
                others.forEach(node -> sentinels.sentinel(host(node), port(node)));
                yield overJedis ? RunningInstance.overJedis(sentinels) : RunningInstance.with(sentinels);
            }
            default -> throw new IllegalArgumentException("no store: " + this);
        };
    }

    private void apply(RunningInstance.Setup setup) {
        switch (this.name) {
            case "without" -> {
                if (equals(WITHOUT_PASSING)) {
                    setup.withoutPassing();
                } else {
                    setup.withoutMessages();
                }
            }
            case "ttl" -> setup.ttl(time());
            case "grace" -> setup.grace(time());
            case "idle", "ledger", "over" -> {}
            default -> throw new IllegalArgumentException("no setting: " + this);
        }
    }

    private Duration time() {
        return Duration.ofMillis(Long.parseLong(this.value));
    }

    private static String addresses(List<? extends TestRedis> nodes) {
        return nodes.stream().map(Setting::address).collect(Collectors.joining(","));
    }

    private static String address(TestRedis redis) {
        return redis.host() + ":" + redis.port();
    }

    private static String host(String address) {
        return address.substring(0, address.indexOf(':'));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }
}
