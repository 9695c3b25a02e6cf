package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.quorum.QuorumLockDriverAutoConfiguration;
import io.distlock.redis.RedisLockDriverAutoConfiguration;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisCluster;
import io.distlock.testredis.RedisSentinel;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The line at start-up that says which store keeps the locks, and what that means for them. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class StartupReportTests {

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataRedisAutoConfiguration.class,
                    RedisLockDriverAutoConfiguration.class,
                    QuorumLockDriverAutoConfiguration.class,
                    DistlockAutoConfiguration.class))
            .withPropertyValues("distlock.shutdown-grace=0s");

    private ApplicationContextRunner on(TestRedis redis) {
        return this.context.withPropertyValues("spring.data.redis.url=" + redis.uri());
    }

    private static List<String> lines(CapturedOutput output) {
        return output.getOut()
                .lines()
                .filter(line -> line.contains("The store of the lock"))
                .toList();
    }

    private static String nodes(List<PrivateRedis> servers) {
        return servers.stream()
                .map(server -> server.host() + ":" + server.port())
                .collect(Collectors.joining(","));
    }

    @Test
    void aReplicaIsSaidToTakeNoLocks(CapturedOutput output) {
        try (PrivateRedis master = RedisServers.start();
                PrivateRedis replica =
                        RedisServers.start("--replicaof", master.host(), String.valueOf(master.port()))) {
            on(replica)
                    .run(context -> assertThat(lines(output))
                            .singleElement()
                            .asString()
                            .contains(
                                    " WARN ", ", a replica, ", "It is a replica and takes no locks", "at the primary"));
        }
    }

    @Test
    void snapshotsAreNoAppendOnlyFile(CapturedOutput output) {
        try (PrivateRedis redis = RedisServers.start()) {
            redis.call("BGSAVE");
            await().until(() ->
                    String.valueOf(redis.call("INFO", "persistence")).contains("rdb_bgsave_in_progress:0"));
            on(redis)
                    .run(context -> assertThat(lines(output))
                            .singleElement()
                            .asString()
                            .contains(" INFO ", "snapshots (RDB) and no append-only file", "since the last one"));
        }
        try (PrivateRedis redis = RedisServers.start("--appendonly", "yes")) {
            on(redis).run(context -> assertThat(lines(output).get(1)).contains(", append-only file, "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "poll"})
    void whoMayNotSubscribeIsToldSoAndStarts(String strategy, CapturedOutput output) {
        try (PrivateRedis redis = RedisServers.start()) {
            redis.call("ACL", "SETUSER", "default", "-subscribe");
            on(redis)
                    .withPropertyValues("distlock.startup-check=fail", "distlock.wait-strategy=" + strategy)
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        String deaf = "It lets this application hear no messages";
                        assertThat(lines(output))
                                .singleElement()
                                .asString()
                                .satisfies(
                                        line -> assertThat(line.contains(deaf)).isEqualTo(strategy.equals("auto")))
                                .satisfies(line ->
                                        assertThat(line.contains("+subscribe")).isEqualTo(strategy.equals("auto")));
                    });
        }
    }

    @Test
    void behindSentinelTheMasterIsAsked(CapturedOutput output) {
        try (RedisSentinel sentinel = RedisSentinel.start()) {
            sentinel.master().call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
            sentinel.master().call("CONFIG", "SET", "maxmemory", "100mb");
            this.context
                    .withPropertyValues(
                            "spring.data.redis.sentinel.master=" + RedisSentinel.MASTER,
                            "spring.data.redis.sentinel.nodes=" + nodes(sentinel.sentinels()))
                    .run(context -> assertThat(lines(output))
                            .singleElement()
                            .asString()
                            .contains(" WARN ", "is Redis behind Sentinel, ", "allkeys-lru", "evicts keys")
                            .doesNotContain("a replica"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void inAClusterEveryMasterIsAsked(String client, CapturedOutput output) {
        try (RedisCluster cluster = RedisCluster.start()) {
            PrivateRedis evicting = cluster.nodes().get(2);
            ApplicationContextRunner clustered = this.context.withPropertyValues(
                    "spring.data.redis.client-type=" + client,
                    "spring.data.redis.cluster.nodes=" + nodes(cluster.nodes()));
            clustered.run(context -> assertThat(lines(output))
                    .singleElement()
                    .asString()
                    .contains(" INFO ", "is the Redis cluster of 3 masters, ", "maxmemory-policy noeviction"));
            evicting.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
            evicting.call("CONFIG", "SET", "maxmemory", "100mb");
            clustered.run(context -> assertThat(lines(output).get(1))
                    .contains(" WARN ", "maxmemory-policy noeviction", "maxmemory-policy allkeys-lru")
                    .contains("Of 127.0.0.1:" + evicting.port() + ": When its memory is full it evicts keys"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"quorum", "sequence"})
    void eachOfSeveralNodesSaysWhatItIs(String driver, CapturedOutput output) {
        try (PrivateRedis one = RedisServers.start();
                PrivateRedis two = RedisServers.start("--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru");
                PrivateRedis three = RedisServers.start("--appendonly", "yes")) {
            on(RedisServers.shared())
                    .withPropertyValues(
                            "distlock.lockers.payments.driver=" + driver,
                            "distlock.lockers.payments.rejoin-after=0s",
                            "distlock.lockers.payments.nodes=" + one.uri() + "," + two.uri() + "," + three.uri())
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        assertThat(lines(output).stream().filter(line -> line.contains("the locker 'payments'")))
                                .singleElement()
                                .asString()
                                .contains(" WARN ")
                                .contains((driver.equals("quorum") ? "is a majority" : "is all") + " of 3 nodes: ")
                                .contains("Redis at 127.0.0.1:" + one.port() + ", version ")
                                .contains("Of 127.0.0.1:" + two.port() + ": When its memory is full it evicts keys")
                                .contains("Redis at 127.0.0.1:" + three.port())
                                .contains(", append-only file, ");
                    });
        }
    }

    @Test
    void aNodeThatIsAwayIsNamed(CapturedOutput output) {
        try (PrivateRedis one = RedisServers.start();
                PrivateRedis two = RedisServers.start();
                PrivateRedis away = RedisServers.start()) {
            away.kill();
            on(RedisServers.shared())
                    .withPropertyValues(
                            "distlock.lockers.payments.driver=quorum",
                            "distlock.lockers.payments.rejoin-after=0s",
                            "distlock.lockers.payments.nodes=" + one.uri() + "," + two.uri() + "," + away.uri())
                    .run(context -> assertThat(
                                    lines(output).stream().filter(line -> line.contains("the locker 'payments'")))
                            .singleElement()
                            .asString()
                            .contains(" WARN ", "127.0.0.1:" + away.port() + ", which does not answer")
                            .contains("Of 127.0.0.1:" + away.port() + ": It does not say what it is: no connection"));
        }
    }
}
