package io.distlock.test;

import static io.distlock.test.LockAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.distlock.Lease;
import io.distlock.Leases;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverFactory;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
            "distlock.lockers.local.driver=memory",
            "distlock.lockers.payments.driver=quorum",
            "distlock.lockers.payments.nodes=redis://a.invalid,redis://b.invalid,redis://c.invalid",
            "distlock.lockers.moving.driver=sequence",
            "distlock.lockers.moving.nodes=redis://old.invalid,redis://new.invalid",
            "distlock.lockers.own.driver=own",
            "distlock.lockers.own.ttl=1h"
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
    private Lockers lockers;

    @Autowired
    private OwnDrivers drivers;

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

    @ParameterizedTest
    @ValueSource(strings = {"local", "payments", "moving"})
    void everyDriverOfOursIsReplaced(String name) {
        Locker named = this.lockers.get(name);
        Lease held = named.acquire("k");
        assertThat(this.locks.elsewhere(name).tryAcquire(LockRequest.of("k").waitFor(Duration.ZERO)))
                .isEmpty();
        this.locks.lose("k");
        assertThat(held.isHeld()).isFalse();
        this.locks.silence();
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> named.acquire("k"))
                .withMessageContaining("the test has silenced it");
    }

    @Test
    void aDriverOfOnesOwnIsLeftAlone() {
        Locker own = this.lockers.get("own");
        LockRequest request = LockRequest.of("k").autoRenew(false);
        assertThat(this.drivers.made).containsExactly("own");
        try (Lease held = own.acquire(request)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> this.locks.elsewhere("own"))
                    .withMessageStartingWith("No locker 'own' keeps its locks here; there is [");
            this.locks.silence();
            this.locks.advance(Duration.ofDays(1));
            this.locks.sleep(Duration.ofDays(1));
            assertThat(held.isHeld()).as("its clock does not move").isTrue();
            assertThat(held.ttl()).as("nobody silences it").isPresent();
            assertThatIllegalStateException().isThrownBy(() -> this.locks.lose("k"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableTransactionManagement
    static class Application {

        @Bean
        OwnDrivers ownDrivers() {
            return new OwnDrivers();
        }

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

    static final class OwnDrivers implements LockDriverFactory {

        private final LockDriverFactory memory = new MemoryLockDriverFactory();

        private final List<String> made = new CopyOnWriteArrayList<>();

        @Override
        public String name() {
            return "own";
        }

        @Override
        public LockDriver create(DriverSettings settings) {
            this.made.add(settings.locker());
            return this.memory.create(settings);
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
