package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.ReleaseOutcome;
import io.distlock.core.DistributedLocker;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisConnectionUtils;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Locks inside a transaction of the application's own on the same Redis, which answers nothing before its end. */
class TransactionTests {

    private final String prefix = "transaction:" + UUID.randomUUID() + ":";

    private final LockRequest request =
            LockRequest.of("k").ttl(Duration.ofMinutes(1)).waitFor(Duration.ZERO);

    @Test
    void aLockIsTakenAndGivenBackWhileCommandsAreQueuedOverLettuce() throws Exception {
        lockInside(Connections.to(RedisServers.shared()));
    }

    @Test
    void aLockIsTakenAndGivenBackWhileCommandsAreQueuedOverJedis() throws Exception {
        lockInside(Connections.jedis(RedisServers.shared()));
    }

    private <T extends RedisConnectionFactory & DisposableBean> void lockInside(T connections) throws Exception {
        try (DistributedLocker locker = Connections.locker(connections, this.prefix)) {
            StringRedisTemplate template = new StringRedisTemplate(connections);
            template.setEnableTransactionSupport(true);
            inTransaction(template, operations -> lock(locker));
            RedisConnectionUtils.bindConnection(connections, true);
            try {
                inTransaction(template, operations -> lock(locker));
            } finally {
                RedisConnectionUtils.unbindConnection(connections);
            }
        } finally {
            connections.destroy();
        }
    }

    private void lock(DistributedLocker locker) {
        Lease lease = locker.acquire(this.request);
        assertThat(locker.inspect("k")).isPresent();
        assertThat(lease.ttl()).isPresent();
        assertThat(lease.extend(Duration.ofMinutes(2))).isTrue();
        assertThat(locker.tryAcquire(this.request)).isEmpty();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(locker.inspect("k")).isEmpty();
    }

    private void inTransaction(StringRedisTemplate template, Consumer<RedisOperations<String, String>> work) {
        List<Object> replies = template.execute(new SessionCallback<>() {
            @Override
            @SuppressWarnings("unchecked")
            public <K, V> List<Object> execute(RedisOperations<K, V> any) throws DataAccessException {
                RedisOperations<String, String> operations = (RedisOperations<String, String>) any;
                operations.multi();
                operations.opsForValue().set(TransactionTests.this.prefix + "x", "queued");
                work.accept(operations);
                return operations.exec();
            }
        });
        assertThat(replies).as("what the transaction queued of its own").hasSize(1);
        template.delete(this.prefix + "x");
    }
}
