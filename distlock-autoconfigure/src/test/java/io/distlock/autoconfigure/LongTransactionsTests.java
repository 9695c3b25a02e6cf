package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.Leases;
import io.distlock.Locker;
import io.distlock.annotation.DistributedLock;
import io.distlock.redis.RedisLockDriverAutoConfiguration;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** A lock that is taken inside a transaction lives as long as that, in a real Redis, and no longer than its thread. */
@Timeout(60)
class LongTransactionsTests {

    private static final Duration TTL = Duration.ofSeconds(1);

    private final TestRedis redis = RedisServers.shared();

    private final String key = "long:" + UUID.randomUUID() + ":k";

    private final LockedTransactionsTests.Diary diary = new LockedTransactionsTests.Diary();

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataRedisAutoConfiguration.class,
                    RedisLockDriverAutoConfiguration.class,
                    DistlockAutoConfiguration.class,
                    DistributedLockAutoConfiguration.class,
                    LockedTransactionsAutoConfiguration.class,
                    AopAutoConfiguration.class))
            .withBean(LockedTransactionsTests.Diary.class, () -> this.diary)
            .withBean(LockedTransactionsTests.DiaryTransactions.class)
            .withBean(Shop.class)
            .withPropertyValues(
                    "spring.data.redis.url=" + this.redis.uri(),
                    "distlock.prefix=" + this.key.substring(0, this.key.length() - 1),
                    "distlock.ttl=" + TTL);

    @Test
    void aTransactionThatOutlivesTheTtlKeepsItsLockUntilItIsCompleted() {
        this.context.run(context -> {
            new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).executeWithoutResult(status -> {
                Lease lease = context.getBean(Shop.class).pay();
                Object token = this.redis.call("GET", this.key);
                await().pollDelay(TTL.multipliedBy(5).dividedBy(2)).until(() -> true);
                assertThat(lease.isHeld()).isTrue();
                assertThat(this.redis.call("GET", this.key)).isNotNull().isEqualTo(token);
                assertThat(context.getBean(Locker.class).inspect("k")).isPresent();
            });
            assertThat(this.redis.call("GET", this.key)).isNull();
            assertThat(this.diary.lines()).containsExactly("begin", "taken", "commit", "released");
        });
    }

    @Test
    void aTransactionThatItsThreadNeverEndsKeepsNoLockForLongerThanTheThreadLives() {
        this.context.run(context -> {
            AtomicReference<Lease> kept = new AtomicReference<>();
            PlatformTransactionManager transactions = context.getBean(PlatformTransactionManager.class);
            Thread forgetful = new Thread(() -> {
                transactions.getTransaction(TransactionDefinition.withDefaults());
                kept.set(context.getBean(Shop.class).pay());
            });
            forgetful.start();
            forgetful.join();
            // the lease can be reached, so only the thread's end says that nobody works under it
            await().until(() -> !kept.get().isHeld());
            await().until(() -> this.redis.call("GET", this.key) == null);
        });
    }

    static class Shop {

        @DistributedLock("k")
        Lease pay() {
            return Leases.requireHeld("k");
        }
    }
}
