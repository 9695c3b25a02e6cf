package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.Leases;
import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLostException;
import io.distlock.Locker;
import io.distlock.ReleaseOutcome;
import io.distlock.WhenLost;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What a transaction and the locks around it and inside it do to each other. */
@Timeout(30)
class LockedTransactionsTests {

    private final MapDrivers map = new MapDrivers();

    private final Diary diary = new Diary();

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DistlockAutoConfiguration.class,
                    DistributedLockAutoConfiguration.class,
                    LockedTransactionsAutoConfiguration.class,
                    AopAutoConfiguration.class))
            .withBean(MapDrivers.class, () -> this.map)
            .withBean(Diary.class, () -> this.diary)
            .withBean(DiaryTransactions.class)
            .withBean(Shop.class)
            .withPropertyValues("distlock.driver=map", "distlock.wait=0s");

    @Test
    void aLockTakenInsideIsKeptUntilAfterTheCommit() {
        run((shop, transaction) -> {
            transaction.executeWithoutResult(status -> {
                shop.pay();
                this.diary.lines.add("more");
            });

            assertThat(this.diary.lines).containsExactly("begin", "taken", "pay", "more", "commit", "released");
        });
    }

    @Test
    void aLockTakenInsideIsKeptUntilAfterTheRollback() {
        run((shop, transaction) -> {
            transaction.executeWithoutResult(status -> {
                shop.pay();
                status.setRollbackOnly();
            });

            assertThat(this.diary.lines).containsExactly("begin", "taken", "pay", "rollback", "released");
        });
    }

    @Test
    void aLockTakenInsideIsKeptByAMethodThatThrows() {
        run((shop, transaction) -> {
            transaction.executeWithoutResult(status -> {
                assertThatThrownBy(() -> shop.fail(new IOException("disk"))).isInstanceOf(IOException.class);
                assertThat(this.map.tokens).containsKey("distlock:k");
            });

            assertThat(this.diary.lines).containsExactly("begin", "taken", "commit", "released");
        });
    }

    @Test
    void aKeptLockIsEnteredAgainWithTheSameLease() {
        run((shop, transaction) -> {
            transaction.executeWithoutResult(status -> assertThat(shop.pay()).isEqualTo(shop.pay()));

            assertThat(this.diary.lines).containsExactly("begin", "taken", "pay", "pay", "commit", "released");
        });
    }

    @Test
    void aTransactionInsideEntersTheLockThatTheOuterOneKeeps() {
        run((shop, transaction) -> {
            TransactionTemplate inner = new TransactionTemplate(transaction.getTransactionManager());
            inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            transaction.executeWithoutResult(status -> {
                shop.pay();
                inner.executeWithoutResult(nested -> shop.pay());
            });

            assertThat(this.diary.lines)
                    .containsExactly("begin", "taken", "pay", "begin", "pay", "commit", "commit", "released");
        });
    }

    @Test
    void aKeptLockIsFoundByItsKeyAndIsNotTheCurrentOne() {
        run((shop, transaction) -> {
            transaction.executeWithoutResult(status -> {
                shop.pay();
                assertThat(Leases.requireHeld("k").isHeld()).isTrue();
                assertThat(Leases.current()).isEmpty();
            });

            assertThat(Leases.current("k")).isEmpty();
        });
    }

    @Test
    void aLockAroundTheCallComesBackAsTheCurrentOne() {
        this.context.run(context -> template(context).executeWithoutResult(status -> {
            Locker locker = context.getBean(Locker.class);
            locker.run("outer", lease -> {
                context.getBean(Shop.class).pay();
                assertThat(Leases.current()).hasValue(lease);
            });
            assertThat(Leases.current()).isEmpty();
            assertThat(Leases.current("outer")).isEmpty();
            assertThat(Leases.current("k")).isPresent();
        }));
    }

    @Test
    void aBusyLockInsideGivesItsAnswer() {
        run((shop, transaction) -> {
            this.map.tokens.put("distlock:k", "somebody");

            assertThat(transaction.<Object>execute(status -> shop.skip())).isNull();
        });
    }

    @Test
    void aLockKeptInsideThatIsLostBeforeTheCommitRollsBack() {
        runWithoutRenewal((shop, transaction) -> {
            assertThatExceptionOfType(LockLostException.class)
                    .isThrownBy(() -> transaction.executeWithoutResult(status -> {
                        shop.pay();
                        awaitLoss(Leases.current("k").orElseThrow());
                    }));

            assertThat(this.diary.lines).contains("rollback").doesNotContain("commit");
        });
    }

    @Test
    void aLockAroundThatIsLostBeforeTheCommitRollsBack() {
        runWithoutRenewal((shop, transaction) -> {
            assertThatExceptionOfType(LockLostException.class)
                    .isThrownBy(() -> shop.around(() -> transaction.executeWithoutResult(
                            status -> awaitLoss(Leases.current().orElseThrow()))));

            assertThat(this.diary.lines).contains("rollback").doesNotContain("commit");
        });
    }

    @Test
    void aLossThatIsOnlyToBeReportedRollsNothingBack() {
        runWithoutRenewal((shop, transaction) -> {
            transaction.executeWithoutResult(status -> shop.reporting());
            shop.reportingAround(() -> transaction.executeWithoutResult(
                    status -> awaitLoss(Leases.current().orElseThrow())));

            assertThat(this.diary.lines).doesNotContain("rollback").contains("commit");
        });
    }

    @Test
    void aMethodInsideWhoseLockIsLostIsInterruptedAndFails() {
        runWithoutRenewal((shop, transaction) -> {
            assertThatExceptionOfType(LockLostException.class)
                    .isThrownBy(() -> transaction.executeWithoutResult(status -> shop.sleep()));

            assertThat(this.diary.lines).contains("interrupted", "rollback").doesNotContain("commit");
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });
    }

    @Test
    void aMethodInsideThatEndsWellWithoutItsLockFails() {
        runWithoutRenewal((shop, transaction) -> transaction.executeWithoutResult(status -> {
            assertThatExceptionOfType(LockLostException.class).isThrownBy(shop::lose);
            status.setRollbackOnly();
        }));
    }

    @Test
    void theOwnExceptionOfAMethodInsideWinsOverTheLoss() {
        runWithoutRenewal((shop, transaction) -> transaction.executeWithoutResult(status -> {
            assertThatThrownBy(() -> shop.loseAndFail(new IOException("disk")))
                    .isInstanceOf(IOException.class)
                    .satisfies(own ->
                            assertThat(own.getSuppressed()).hasSize(1).hasOnlyElementsOfType(LockLostException.class));
            status.setRollbackOnly();
        }));
    }

    @Test
    void afterTheCompletionLocksAreGivenBackAtOnceAgain() {
        run((shop, transaction) -> {
            transaction.executeWithoutResult(status ->
                    TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                        @Override
                        public void afterCompletion(int outcome) {
                            shop.pay();
                        }
                    }));

            assertThat(this.diary.lines).containsExactly("begin", "commit", "taken", "pay", "released");
        });
    }

    @Test
    void aScopeThatAnotherThreadClosesIsOverHereToo() {
        this.context.run(context -> {
            try (Lease lease = context.getBean(Locker.class).acquire("k")) {
                LeaseScope scope = LeaseScope.open(lease);
                Thread another = new Thread(scope::close);
                another.start();
                another.join();

                assertThat(Leases.current()).isEmpty();
                assertThat(Leases.current("k")).isEmpty();
            }
        });
    }

    @Test
    void applicationsWithoutTransactionsStart() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(LockedTransactionsAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.springframework.transaction"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(LockedTransactionsAutoConfiguration.LockedTransactions.class));
    }

    private void run(Story story) {
        this.context.run(context -> story.tell(context.getBean(Shop.class), template(context)));
    }

    private void runWithoutRenewal(Story story) {
        this.context
                .withPropertyValues("distlock.auto-renew=false", "distlock.ttl=150ms")
                .run(context -> story.tell(context.getBean(Shop.class), template(context)));
    }

    private static TransactionTemplate template(ApplicationContext context) {
        return new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    }

    private static void awaitLoss(Lease lease) {
        await().until(() -> !lease.isHeld());
    }

    private interface Story {

        void tell(Shop shop, TransactionTemplate transaction) throws Exception;
    }

    static class Shop {

        private final Diary diary;

        Shop(Diary diary) {
            this.diary = diary;
        }

        @DistributedLock("k")
        long pay() {
            this.diary.lines.add("pay");
            return Leases.requireHeld("k").fencingToken();
        }

        @DistributedLock("k")
        void fail(Exception failure) throws Exception {
            throw failure;
        }

        @DistributedLock(key = "k", whenBusy = WhenBusy.SKIP)
        Object skip() {
            return "ran";
        }

        @DistributedLock(key = "k", whenLost = WhenLost.FAIL)
        void around(Runnable work) {
            work.run();
        }

        @DistributedLock(key = "k", whenLost = WhenLost.REPORT)
        void reporting() {
            awaitLoss(Leases.requireHeld("k"));
        }

        @DistributedLock(key = "l", whenLost = WhenLost.REPORT)
        void reportingAround(Runnable work) {
            work.run();
        }

        @DistributedLock("k")
        void sleep() {
            try {
                new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            } catch (InterruptedException told) {
                this.diary.lines.add("interrupted");
                Thread.currentThread().interrupt();
            }
        }

        @DistributedLock(key = "k", whenLost = WhenLost.FAIL)
        void lose() {
            awaitLoss(Leases.requireHeld("k"));
        }

        @DistributedLock(key = "k", whenLost = WhenLost.FAIL)
        void loseAndFail(Exception failure) throws Exception {
            awaitLoss(Leases.requireHeld("k"));
            throw failure;
        }
    }

    static final class Diary implements LockListener {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        List<String> lines() {
            return this.lines;
        }

        @Override
        public void onTaken(LockEvent event) {
            this.lines.add("taken");
        }

        @Override
        public void onReleased(LockEvent event, ReleaseOutcome outcome) {
            this.lines.add("released");
        }
    }

    /** Transactions of nothing, which know whether one is running. */
    static final class DiaryTransactions extends AbstractPlatformTransactionManager {

        private final transient Diary diary;

        DiaryTransactions(Diary diary) {
            this.diary = diary;
        }

        @Override
        protected Object doGetTransaction() {
            return new boolean[] {TransactionSynchronizationManager.hasResource(this)};
        }

        @Override
        protected boolean isExistingTransaction(Object transaction) {
            return ((boolean[]) transaction)[0];
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            this.diary.lines.add("begin");
            TransactionSynchronizationManager.bindResource(this, transaction);
        }

        @Override
        protected Object doSuspend(Object transaction) {
            return TransactionSynchronizationManager.unbindResource(this);
        }

        @Override
        protected void doResume(Object transaction, Object suspended) {
            TransactionSynchronizationManager.bindResource(this, suspended);
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            this.diary.lines.add("commit");
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {
            this.diary.lines.add("rollback");
        }

        @Override
        protected void doCleanupAfterCompletion(Object transaction) {
            TransactionSynchronizationManager.unbindResource(this);
        }
    }
}
