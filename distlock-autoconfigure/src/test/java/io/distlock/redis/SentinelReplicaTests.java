package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.core.DistributedLocker;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisSentinel;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import redis.clients.jedis.JedisPoolConfig;

/** Locks that the replica of whoever is master must have before they count, over each kind of client for Sentinel. */
class SentinelReplicaTests {

    private static final LockRequest REQUEST =
            LockRequest.of("order:42").ttl(Duration.ofMinutes(1)).waitFor(Duration.ZERO);

    private static RedisSentinel sentinel;

    private static final Map<Client, RedisConnectionFactory> CONNECTIONS = new EnumMap<>(Client.class);

    private static final Map<Client, DistributedLocker> LOCKERS = new EnumMap<>(Client.class);

    enum Client {
        LETTUCE {
            @Override
            RedisConnectionFactory connect(RedisSentinelConfiguration sentinels) {
                LettuceConnectionFactory connections = new LettuceConnectionFactory(sentinels);
                connections.afterPropertiesSet();
                connections.start();
                return connections;
            }
        },

        JEDIS {
            @Override
            RedisConnectionFactory connect(RedisSentinelConfiguration sentinels) {
                return started(new JedisConnectionFactory(sentinels));
            }
        },

        /** As it is made where a pool is handed to it: its client is of the older kind. */
        JEDIS_WITH_POOL {
            @Override
            RedisConnectionFactory connect(RedisSentinelConfiguration sentinels) {
                return started(new JedisConnectionFactory(sentinels, new JedisPoolConfig()));
            }
        };

        abstract RedisConnectionFactory connect(RedisSentinelConfiguration sentinels);

        private static RedisConnectionFactory started(JedisConnectionFactory connections) {
            connections.afterPropertiesSet();
            connections.start();
            return connections;
        }
    }

    @BeforeAll
    static void start() {
        sentinel = RedisSentinel.start();
        RedisSentinelConfiguration sentinels = new RedisSentinelConfiguration().master(RedisSentinel.MASTER);
        sentinel.sentinels().forEach(one -> sentinels.sentinel(one.host(), one.port()));
        for (Client client : Client.values()) {
            RedisConnectionFactory connections = client.connect(sentinels);
            CONNECTIONS.put(client, connections);
            DistributedLocker locker = Connections.locker(connections, client + ":", 1);
            LOCKERS.put(client, locker);
            locker.acquire(LockRequest.of("connected").waitFor(Duration.ofSeconds(10)))
                    .close();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        LOCKERS.values().forEach(DistributedLocker::close);
        for (RedisConnectionFactory connections : CONNECTIONS.values()) {
            ((DisposableBean) connections).destroy();
        }
        sentinel.close();
    }

    @AfterEach
    void resume() {
        sentinel.replica().resume();
    }

    private static void assertUnavailable(DistributedLocker locker) {
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.acquire(REQUEST))
                .withMessageContaining("wait-for-replica");
    }

    private static void awaitCopied(Client client) {
        await().ignoreExceptionsInstanceOf(LockUnavailableException.class).untilAsserted(() -> assertCopied(client));
    }

    private static void assertCopied(Client client) {
        try (Lease lease = LOCKERS.get(client).acquire(REQUEST)) {
            assertThat(sentinel.replica().call("GET", client + ":order:42")).isEqualTo(lease.token());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLockCountsOnlyWhenTheReplicaHasIt(Client client) {
        for (int i = 0; i < 5; i++) {
            assertCopied(client);
        }
        sentinel.replica().pause();
        assertUnavailable(LOCKERS.get(client));
        sentinel.replica().resume();
        awaitCopied(client);
    }

    @Test
    void afterAFailOverLocksCountAgainOnceTheNewMasterHasAReplica() {
        PrivateRedis first = sentinel.master();
        first.kill();
        PrivateRedis second = sentinel.awaitOtherMaster(first);
        for (Client client : Client.values()) {
            await().untilAsserted(() -> assertUnavailable(LOCKERS.get(client)));
        }
        sentinel.rejoin(first, second);
        for (Client client : Client.values()) {
            awaitCopied(client);
        }
    }
}
