package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Leases;
import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockNotAcquiredException;
import io.distlock.ReleaseOutcome;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** Where the lock stands among what else Spring puts around a method. */
@Timeout(30)
class LockPlacementTests {

    private final MapDrivers map = new MapDrivers();

    private final Diary diary = new Diary();

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DistlockAutoConfiguration.class,
                    DistributedLockAutoConfiguration.class,
                    AopAutoConfiguration.class))
            .withBean(MapDrivers.class, () -> this.map)
            .withBean(Diary.class, () -> this.diary)
            .withPropertyValues("distlock.driver=map", "distlock.wait=0s");

    @Test
    void theLockIsOutsideOfTheTransaction() {
        this.context
                .withUserConfiguration(Transactions.class)
                .withBean(Shop.class)
                .run(context -> {
                    context.getBean(Shop.class).pay();

                    assertThat(this.diary.lines).containsExactly("taken", "begin", "pay", "commit", "released");
                });
    }

    @Test
    void aLockThatWasMovedIntoTheTransactionIsStillKeptUntilItsEnd() {
        this.context
                .withUserConfiguration(OuterTransactions.class)
                .withPropertyValues("distlock.aspect.order=2147483647")
                .withBean(Shop.class)
                .run(context -> {
                    context.getBean(Shop.class).pay();

                    assertThat(this.diary.lines).containsExactly("begin", "taken", "pay", "commit", "released");
                });
    }

    @Test
    void theLockIsOutsideOfTheCacheSoThatOneComputesForAll() {
        this.context.withUserConfiguration(Caches.class).withBean(Prices.class).run(context -> {
            Prices prices = context.getBean(Prices.class);

            assertThat(prices.of("tea")).isEqualTo(prices.of("tea"));

            assertThat(this.diary.lines).containsExactly("taken", "computed", "released", "taken", "released");
        });
    }

    @Test
    void aConditionLetsHitsPassWithoutALock() {
        this.context.withUserConfiguration(Caches.class).withBean(Prices.class).run(context -> {
            Prices prices = context.getBean(Prices.class);

            assertThat(prices.quick("tea")).isEqualTo(prices.quick("tea"));

            assertThat(this.diary.lines).containsExactly("taken", "computed", "released");
        });
    }

    @Test
    void everyTryOfARetryTakesTheLockAnew() {
        this.context.withUserConfiguration(Retries.class).withBean(Flaky.class).run(context -> {
            assertThat(context.getBean(Flaky.class).work()).isEqualTo("done");

            assertThat(this.diary.lines).containsExactly("taken", "tried", "released", "taken", "tried", "released");
        });
    }

    @Test
    void aBusyLockIsRetriedLikeAnyFailure() {
        this.context.withUserConfiguration(Retries.class).withBean(Flaky.class).run(context -> {
            this.map.tokens.put("distlock:k", "somebody");

            assertThatExceptionOfType(Exception.class)
                    .isThrownBy(() -> context.getBean(Flaky.class).work());

            assertThat(this.diary.lines).hasSizeGreaterThan(1).containsOnly("refused");
        });
    }

    @Test
    void anAsyncMethodIsLockedOnItsOwnThread() {
        this.context
                .withUserConfiguration(Asyncs.class)
                .withBean(Background.class)
                .run(context -> {
                    assertThat(context.getBean(Background.class).name().get())
                            .startsWith("background-")
                            .endsWith(" [k]");

                    assertThat(this.diary.lines).containsExactly("taken", "released");
                });
    }

    @Test
    void anAsyncMethodHoldsUntilItsFutureEnds() {
        CompletableFuture<String> work = new CompletableFuture<>();
        this.context
                .withUserConfiguration(Asyncs.class)
                .withBean(Background.class)
                .run(context -> {
                    Future<String> result = context.getBean(Background.class).hand(work);
                    await().until(() -> this.diary.lines.contains("handed"));
                    assertThat(this.diary.lines).containsExactly("taken", "handed");

                    work.complete("done");

                    assertThat(result.get()).isEqualTo("done");
                    assertThat(this.diary.lines).containsExactly("taken", "handed", "released");
                });
    }

    @Test
    void aScheduledJobRunsOnceAndSkipsWhereAnotherRunsIt() {
        this.context.withUserConfiguration(Schedules.class).withBean(Job.class).run(context -> {
            await().untilAsserted(() -> assertThat(this.diary.lines).contains("worked", "refused"));

            assertThat(this.diary.lines).containsOnlyOnce("worked");
        });
    }

    @Test
    void anInterfaceIsEnoughForAProxy() {
        this.context
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .withBean(CardDesk.class)
                .run(context -> {
                    Desk desk = context.getBean(Desk.class);
                    assertThat(Proxy.isProxyClass(desk.getClass())).isTrue();

                    assertThat(desk.serve(42)).isEqualTo("[desk:42]");
                });
    }

    @Test
    void aProxyOfAnInterfaceWithoutAClassIsLocked() {
        this.context
                .withBean(Desk.class, () -> (Desk) Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {Desk.class},
                        (proxy, method, arguments) -> method.getName().equals("serve") ? current() : null))
                .run(context -> {
                    assertThat(AopUtils.isAopProxy(context.getBean(Desk.class))).isTrue();
                    assertThat(context.getBean(Desk.class).serve(42)).isEqualTo("[desk:42]");
                });
    }

    private static String current() {
        return Leases.current().map(lease -> lease.keys().toString()).orElse("free");
    }

    static final class Diary implements LockListener {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void onTaken(LockEvent event) {
            this.lines.add("taken");
        }

        @Override
        public void onRefused(LockEvent event, LockNotAcquiredException.Reason reason) {
            this.lines.add("refused");
        }

        @Override
        public void onReleased(LockEvent event, ReleaseOutcome outcome) {
            this.lines.add("released");
        }
    }

    static class Shop {

        private final Diary diary;

        Shop(Diary diary) {
            this.diary = diary;
        }

        @Transactional
        @DistributedLock("k")
        void pay() {
            this.diary.lines.add("pay");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    static class Transactions {

        @Bean
        PlatformTransactionManager transactions(Diary diary) {
            return new DiaryTransactions(diary);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(order = 1)
    static class OuterTransactions {

        @Bean
        PlatformTransactionManager transactions(Diary diary) {
            return new DiaryTransactions(diary);
        }
    }

    static final class DiaryTransactions extends AbstractPlatformTransactionManager {

        private final transient Diary diary;

        DiaryTransactions(Diary diary) {
            this.diary = diary;
        }

        @Override
        protected Object doGetTransaction() {
            return new Object();
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            this.diary.lines.add("begin");
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            this.diary.lines.add("commit");
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {
            this.diary.lines.add("rollback");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caches {

        @Bean
        CacheManager cacheManager() {
            return new ConcurrentMapCacheManager();
        }
    }

    static class Prices {

        private final Diary diary;

        Prices(Diary diary) {
            this.diary = diary;
        }

        @Cacheable("prices")
        @DistributedLock("price:#{#name}")
        int of(String name) {
            this.diary.lines.add("computed");
            return name.length();
        }

        @Cacheable("prices")
        @DistributedLock(key = "price:#{#name}", condition = "@cacheManager.getCache('prices').get(#name) == null")
        int quick(String name) {
            this.diary.lines.add("computed");
            return name.length();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods
    static class Retries {}

    static class Flaky {

        private final Diary diary;

        private final AtomicInteger tries = new AtomicInteger();

        Flaky(Diary diary) {
            this.diary = diary;
        }

        @Retryable(delay = 1)
        @DistributedLock("k")
        String work() {
            this.diary.lines.add("tried");
            if (this.tries.incrementAndGet() == 1) {
                throw new IllegalStateException("once");
            }
            return "done";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Asyncs {

        @Bean
        SimpleAsyncTaskExecutor taskExecutor() {
            return new SimpleAsyncTaskExecutor("background-");
        }
    }

    static class Background {

        private final Diary diary;

        Background(Diary diary) {
            this.diary = diary;
        }

        @Async
        @DistributedLock("k")
        CompletableFuture<String> name() {
            return CompletableFuture.completedFuture(Thread.currentThread().getName() + " " + current());
        }

        @Async
        @DistributedLock("k")
        Future<String> hand(CompletableFuture<String> work) {
            this.diary.lines.add("handed");
            return work;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Schedules {}

    static class Job {

        private final Diary diary;

        Job(Diary diary) {
            this.diary = diary;
        }

        @Scheduled(fixedDelay = 1)
        @DistributedLock(key = "job", waitFor = "0s", whenBusy = WhenBusy.SKIP, holdAtLeast = "1h")
        void work() {
            this.diary.lines.add("worked");
        }
    }

    interface Desk {

        @DistributedLock("desk:#{#number}")
        String serve(int number);
    }

    static class CardDesk implements Desk {

        @Override
        public String serve(int number) {
            return current();
        }
    }
}
