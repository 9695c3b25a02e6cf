package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.core.DistributedLocker;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import io.lettuce.core.ReadFrom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Locks that a replica must have before they count, with a real one that is frozen now and then. */
class ReplicaTests {

    private static final LockRequest REQUEST =
            LockRequest.of("order:42").ttl(Duration.ofMinutes(1)).waitFor(Duration.ZERO);

    static PrivateRedis master;

    private static PrivateRedis replica;

    private static LettuceConnectionFactory lettuce;

    private final List<DistributedLocker> lockers = new ArrayList<>();

    private DistributedLocker locker;

    private DistributedLocker careless;

    @BeforeAll
    static void start() {
        master = RedisServers.start("--repl-diskless-sync-delay", "0");
        replica = RedisServers.start("--replicaof", master.host() + " " + master.port());
        await().until(() -> String.valueOf(replica.call("INFO", "replication")).contains("master_link_status:up"));
        lettuce = Connections.to(master);
    }

    @AfterAll
    static void stop() {
        lettuce.destroy();
        replica.close();
        master.close();
    }

    RedisConnectionFactory connections() {
        return lettuce;
    }

    @BeforeEach
    void open() {
        this.locker = locker(1);
        this.careless = locker(0);
    }

    private DistributedLocker locker(int replicas) {
        DistributedLocker made = Connections.locker(connections(), "distlock:", replicas);
        this.lockers.add(made);
        made.acquire(LockRequest.of("connected").waitFor(Duration.ofSeconds(10)))
                .close();
        return made;
    }

    @AfterEach
    void close() {
        replica.resume();
        this.lockers.forEach(DistributedLocker::close);
    }

    @Test
    void theReplicaHasTheLockWhenItsCallerGetsIt() {
        for (int i = 0; i < 20; i++) {
            try (Lease lease = this.locker.acquire(REQUEST)) {
                assertThat(replica.call("GET", "distlock:order:42")).isEqualTo(lease.token());
            }
        }
        try (Lease several = this.locker.acquire(LockRequest.of("1", "2").ttl(Duration.ofMinutes(1)))) {
            assertThat(replica.call("EXISTS", "distlock:1", "distlock:2")).isEqualTo(2L);
            assertThat(several.isHeld()).isTrue();
        }
    }

    @Test
    void aLockThatNoReplicaHasIsUnavailableAndUndone() {
        replica.pause();
        assertUnavailable(this.locker, REQUEST);
        await().until(() -> this.careless.inspect("order:42").isEmpty());
        assertUnavailable(this.locker, LockRequest.of("1", "2").ttl(Duration.ofMinutes(1)));
        await().until(() -> this.careless.inspect("1").isEmpty()
                && this.careless.inspect("2").isEmpty());
        this.careless.acquire(REQUEST).close();
        replica.resume();
        this.locker.acquire(REQUEST.waitFor(Duration.ofSeconds(10))).close();
    }

    @Test
    void oneThatIsHandedOverCountsOnlyWhenTheReplicaHasIt() throws Exception {
        Lease holder = this.careless.acquire(REQUEST);
        CompletableFuture<Lease> waiting = this.locker.acquireAsync(REQUEST.waitFor(Duration.ofSeconds(30)));
        await().until(() ->
                !this.careless.inspect("order:42").orElseThrow().waiting().isEmpty());
        replica.pause();
        holder.close();
        await().until(() -> this.careless
                .inspect("order:42")
                .map(state -> state.fencingToken().orElse(0) > holder.fencingToken())
                .orElse(false));
        assertThat(waiting).isNotDone();
        replica.resume();
        try (Lease lease = waiting.get(10, TimeUnit.SECONDS)) {
            assertThat(lease.isHeld()).isTrue();
            assertThat(replica.call("GET", "distlock:order:42")).isEqualTo(lease.token());
        }
    }

    @Test
    void oneThatIsHandedOverAndNeverCopiedIsUnavailableAndUndone() {
        Lease holder = this.careless.acquire(REQUEST);
        CompletableFuture<Lease> waiting = this.locker.acquireAsync(REQUEST.waitFor(Duration.ofMillis(1500)));
        await().until(() ->
                !this.careless.inspect("order:42").orElseThrow().waiting().isEmpty());
        replica.pause();
        holder.close();
        assertThat(waiting)
                .failsWithin(Duration.ofSeconds(15))
                .withThrowableThat()
                .withCauseInstanceOf(LockUnavailableException.class);
        await().until(() -> this.careless.inspect("order:42").isEmpty());
    }

    @Test
    void whoHoldsIsRenewedWhileOthersWaitForAReplicaInVain() {
        try (Lease held = this.locker.acquire(
                LockRequest.of("held").ttl(Duration.ofSeconds(2)).waitFor(Duration.ZERO))) {
            replica.pause();
            for (int i = 0; i < 3; i++) {
                assertUnavailable(this.locker, LockRequest.of("k" + i).waitFor(Duration.ZERO));
            }
            assertThat(held.isHeld()).isTrue();
        }
    }

    @Test
    void whereTheApplicationReadsFromReplicasLocksAskThePrimary() {
        LettuceConnectionFactory reading = new LettuceConnectionFactory(
                new RedisStandaloneConfiguration(master.host(), master.port()),
                LettuceClientConfiguration.builder().readFrom(ReadFrom.REPLICA).build());
        reading.afterPropertiesSet();
        reading.start();
        replica.pause();
        try (DistributedLocker made = Connections.locker(reading, "distlock:")) {
            Lease lease = made.acquire(REQUEST);
            assertThat(made.inspect("order:42").orElseThrow().fencingToken()).hasValue(lease.fencingToken());
            assertThat(lease.ttl()).isPresent();
            assertThat(lease.extend(Duration.ofMinutes(2))).isTrue();
            lease.close();
            assertThat(made.inspect("order:42")).isEmpty();
        } finally {
            replica.resume();
            reading.destroy();
        }
    }

    @Test
    void moreReplicasThanThereAreAreSaidToBeTooMany() {
        DistributedLocker demanding = Connections.locker(connections(), "distlock:", 2);
        this.lockers.add(demanding);
        assertUnavailable(demanding, REQUEST);
        assertThat(demanding.report().orElseThrow().concerns())
                .anySatisfy(concern -> assertThat(concern).contains("1 replicas", "'wait-for-replica' asks for 2"));
        assertThat(this.locker.report().orElseThrow().concerns())
                .noneMatch(concern -> concern.contains("wait-for-replica"));
    }

    private static void assertUnavailable(DistributedLocker locker, LockRequest request) {
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.acquire(request))
                .withMessageContaining("wait-for-replica");
    }
}
