package io.distlock.test;

import static io.distlock.test.LockAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.distlock.Lease;
import io.distlock.Leases;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** An application made for Redis, tested without one. */
@SpringBootTest(
        properties = {
            "spring.data.redis.host=no-redis.invalid",
            "distlock.startup-check=fail",
            "distlock.wait=0s",
            "distlock.prefix=shop:",
            "distlock.lockers.jobs.ttl=10m",
            "distlock.lockers.jobs.prefix=jobs:",
            "distlock.lockers.local.driver=memory"
        })
@AutoConfigureDistlock
@Timeout(60)
class AutoConfigureDistlockTests {

    @Autowired
    private TestLocks locks;

    @Autowired
    private Shop shop;

    @Autowired
    private Locker locker;

    @Autowired
    @Qualifier("jobs")
    private Locker jobs;

    @Autowired
    private TransactionTemplate transaction;

    @Test
    void anAnnotatedMethodIsLockedWithItsKey() {
        this.shop.pay(42);
        assertThat(this.locks)
                .wasLockedWith("order:42")
                .wasLockedByName("order:42", "AutoConfigureDistlockTests.Shop.pay")
                .wasLockedTimes("order:42", 1)
                .wasReleased("order:42")
                .isEverythingReleased();
    }

    @Test
    void methodsStartWithNothingButTheirOwn() {
        assertThat(this.locks).wasNeverLocked();
        this.shop.pay(42);
        this.locks.elsewhere().acquire("order:43");
        this.locks.silence();
    }

    @Test
    void methodsLeaveNothingBehind() {
        methodsStartWithNothingButTheirOwn();
    }

    @Test
    void aLockAroundATransactionIsReleasedAfterItsCommit() {
        this.shop.payInTransaction(42);
        assertThat(this.locks).wasReleasedAfterCommit("order:42");
    }

    @Test
    void aLockInsideATransactionIsReleasedAfterItsCommit() {
        this.transaction.executeWithoutResult(status -> this.shop.pay(42));
        assertThat(this.locks).wasReleasedAfterCommit("order:42");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> assertThat(this.locks).wasReleasedAfterRollback("order:42"))
                .withMessageContaining("given back after a rollback");
    }

    @Test
    void aLockIsReleasedAfterARollback() {
        this.transaction.executeWithoutResult(status -> {
            this.shop.pay(42);
            status.setRollbackOnly();
        });
        assertThat(this.locks).wasReleasedAfterRollback("order:42");
    }

    @Test
    void aLockThatIsReleasedBeforeTheCommitIsFound() {
        this.transaction.executeWithoutResult(
                status -> this.locker.acquire("order:42").close());
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> assertThat(this.locks).wasReleasedAfterCommit("order:42"))
                .withMessageContaining("given back after a commit");
    }

    @Test
    void aLockWithoutATransactionIsNotReleasedAfterACommit() {
        this.shop.pay(42);
        this.transaction.executeWithoutResult(status -> {});
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> assertThat(this.locks).wasReleasedAfterCommit("order:42"));
    }

    @Test
    void whatAnotherInstanceHoldsIsBusy() {
        this.locks.elsewhere().acquire("order:42");
        assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> this.shop.pay(42));
        assertThat(this.shop.tryToPay(42)).isEmpty();
        assertThat(this.locks).wasRefused("order:42").wasNeverLocked();
    }

    @Test
    void aSilentStoreIsUnavailable() {
        this.locks.silence();
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> this.shop.pay(42));
        this.locks.answer();
        this.shop.pay(42);
        assertThat(this.locks).wasUnavailable("order:42").wasLockedTimes("order:42", 1);
    }

    @Test
    void aLockThatIsLostFailsTheCall() {
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> this.shop.during(42, () -> this.locks.lose("order:42")));
        assertThat(this.locks).wasLost("order:42");
    }

    @Test
    void aCallThatSleepsTooLongFails() {
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> this.shop.during(42, () -> this.locks.sleep(Duration.ofSeconds(10))));
        this.shop.during(42, () -> this.locks.advance(Duration.ofDays(1)));
    }

    @Test
    void namedLockersHaveTheirOwnLocks() {
        LockRequest nightly = LockRequest.of("nightly").waitFor(Duration.ZERO);
        Lease job = this.locks.elsewhere("jobs").acquire(nightly);
        assertThat(this.jobs.tryAcquire(nightly)).isEmpty();
        assertThat(this.locker.tryAcquire(nightly).map(Lease::release)).isPresent();
        job.close();
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> this.jobs.run(nightly, lease -> this.locks.lose("nightly")));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableTransactionManagement
    static class Application {

        @Bean
        Shop shop() {
            return new Shop();
        }

        @Bean
        DataSource dataSource() {
            return new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:kit");
        }

        @Bean
        JdbcTransactionManager transactionManager(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }

        @Bean
        TransactionTemplate transactionTemplate(JdbcTransactionManager manager) {
            return new TransactionTemplate(manager);
        }
    }

    static class Shop {

        @DistributedLock("order:#{#id}")
        public void pay(long id) {
            Leases.requireHeld("order:" + id);
        }

        @Transactional
        @DistributedLock("order:#{#id}")
        public void payInTransaction(long id) {
            Leases.requireHeld("order:" + id);
        }

        @DistributedLock(key = "order:#{#id}", whenBusy = WhenBusy.SKIP)
        public Optional<String> tryToPay(long id) {
            return Optional.of("paid");
        }

        @DistributedLock("order:#{#id}")
        public void during(long id, Runnable work) {
            work.run();
        }
    }
}
