package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.WatchedLocker;
import io.distlock.quorum.QuorumLockDriverAutoConfiguration;
import io.distlock.redis.RedisLockDriverAutoConfiguration;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** What health says of stores that answer, but grant nothing, or less than they could. */
@Timeout(120)
class LockHealthTests {

    private final List<PrivateRedis> servers =
            Stream.generate(RedisServers::start).limit(3).toList();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DistlockAutoConfiguration.class,
                    RedisLockDriverAutoConfiguration.class,
                    QuorumLockDriverAutoConfiguration.class,
                    DataRedisAutoConfiguration.class,
                    LockHealthAutoConfiguration.class))
            .withPropertyValues(
                    "spring.data.redis.url=" + this.servers.get(0).uri(),
                    "distlock.startup-check=off",
                    "distlock.command-timeout=5s", // on a busy machine everything is slow
                    "distlock.ttl=1m",
                    "distlock.rejoin-after=0s",
                    "distlock.shutdown-grace=0s",
                    "distlock.nodes="
                            + this.servers.stream().map(PrivateRedis::uri).collect(Collectors.joining(",")));

    private final ApplicationContextRunner single = this.application.withPropertyValues("distlock.nodes=");

    @AfterEach
    void stop() {
        this.servers.forEach(PrivateRedis::close);
    }

    @ParameterizedTest
    @CsvSource({
        "CONFIG SET maxmemory 1, Redis is out of memory",
        "REPLICAOF 127.0.0.1 1, Redis is a read-only replica",
        "CONFIG SET min-replicas-to-write 1, Redis refused (NOREPLICAS"
    })
    void aServerThatLetsNobodyWriteIsDownAndIsNotWrittenTo(String command, String fact) {
        this.single.run(context -> {
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            assertThat(this.servers.get(0).call("DBSIZE")).isEqualTo(0L);
            this.servers.get(0).call(command.split(" "));
            Health down = health(context);
            assertThat(down.getStatus()).isEqualTo(Status.DOWN);
            assertThat(down.getDetails().get("error").toString())
                    .startsWith(LockUnavailableException.class.getName())
                    .contains(fact);
            assertThat(this.servers.get(0).call("DBSIZE")).isEqualTo(0L);
        });
    }

    @Test
    void whoeverWaitsWithoutMessagesIsADegradation() {
        this.single.run(context -> {
            WatchedLocker locker = context.getBean(WatchedLocker.class);
            assertThat(locker.degradations()).isEmpty();
            assertThat(health(context).getDetails()).isEmpty();
            this.servers.get(0).call("ACL", "SETUSER", "default", "-subscribe");
            this.servers.get(0).call("SET", "distlock:order:42", "stranger", "PX", "60000");
            CompletableFuture<Lease> waiting = locker.acquireAsync(LockRequest.of("order:42"));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(locker.degradations())
                            .containsExactly("waiting callers ask every PT0.5S instead of being woken by a message,"
                                    + " which the store does not deliver"));
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            assertThat(health(context).getDetails()).containsEntry("degraded", locker.degradations());
            waiting.cancel(false);
        });
    }

    @Test
    void aQuorumWithoutOneOfItsNodesIsUpAndDegraded() {
        this.application.withPropertyValues("distlock.driver=quorum").run(context -> {
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            PrivateRedis dead = this.servers.get(1);
            dead.kill();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(health(context).getDetails())
                            .extractingByKey("degraded", InstanceOfAssertFactories.collection(String.class))
                            .singleElement()
                            .asString()
                            .startsWith("node " + dead.host() + ":" + dead.port() + " cannot take part: "));
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            context.getBean(Locker.class).acquire("order:42").close();
            this.servers.get(2).call("REPLICAOF", "127.0.0.1", "1");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(degraded(context)).hasSize(2));
            Health down = health(context);
            assertThat(down.getStatus()).isEqualTo(Status.DOWN);
            assertThat(down.getDetails().get("error").toString())
                    .contains("2 of 3 nodes gave no answer, and 2 must", "Redis is a read-only replica");
        });
    }

    @Test
    void aQuorumWhoseNodeIsBackIsWell() {
        this.application.withPropertyValues("distlock.driver=quorum").run(context -> {
            PrivateRedis weak = this.servers.get(1);
            weak.call("REPLICAOF", "127.0.0.1", "1");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(degraded(context)).hasSize(1));
            weak.call("REPLICAOF", "NO", "ONE");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(degraded(context)).isEmpty());
        });
    }

    @Test
    void aSequenceWithoutOneOfItsNodesIsDownAndSaysWhich() {
        this.application.withPropertyValues("distlock.driver=sequence").run(context -> {
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            PrivateRedis dead = this.servers.get(1);
            dead.kill();
            Health down = health(context);
            assertThat(down.getStatus()).isEqualTo(Status.DOWN);
            assertThat(down.getDetails().get("degraded").toString())
                    .contains("node " + dead.host() + ":" + dead.port() + " cannot take part");
        });
    }

    private static Set<String> degraded(ApplicationContext context) {
        health(context);
        return context.getBean(WatchedLocker.class).degradations();
    }

    private static Health health(ApplicationContext context) {
        HealthIndicator health =
                (HealthIndicator) context.getBean("distlockHealthContributor", CompositeHealthContributor.class)
                        .getContributor("default");
        return health.health();
    }
}
