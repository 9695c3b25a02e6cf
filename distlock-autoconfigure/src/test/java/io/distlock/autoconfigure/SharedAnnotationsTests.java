package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.Leases;
import io.distlock.LockMode;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import io.distlock.memory.MemoryLockDriverAutoConfiguration;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Mono;

class SharedAnnotationsTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final LockRequest TRY = LockRequest.of("stock").waitFor(Duration.ZERO);

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DistlockAutoConfiguration.class,
                    MemoryLockDriverAutoConfiguration.class,
                    DistributedLockAutoConfiguration.class,
                    AopAutoConfiguration.class))
            .withBean(MapDrivers.class, MapDrivers::new)
            .withPropertyValues("distlock.driver=memory", "distlock.wait=0s");

    @Test
    void readersRunTogetherAndAWriterAlone() {
        run(stock -> stock.read(() -> elsewhere(() -> stock.read(() -> {
            assertThat(Leases.requireHeld("stock").permits()).isEqualTo(Integer.MAX_VALUE);
            assertThatExceptionOfType(LockNotAcquiredException.class)
                    .isThrownBy(() -> elsewhere(() -> stock.write(() -> "written")));
            return "read";
        }))));
        run(stock -> stock.write(() -> {
            assertThat(Leases.requireHeld("stock").permits()).isEqualTo(1);
            assertThatExceptionOfType(LockNotAcquiredException.class)
                    .isThrownBy(() -> elsewhere(() -> stock.read(() -> "read")));
            return "written";
        }));
    }

    @Test
    void asManyRunAtOnceAsThereArePermits() {
        run(stock -> stock.two(() -> elsewhere(() -> stock.two(() -> {
            assertThat(elsewhere(() -> stock.two(() -> "a third"))).isNull();
            return "two";
        }))));
    }

    @Test
    void whoHoldsItAloneMayReadInside() {
        run(stock -> stock.write(() -> {
            Lease outer = Leases.requireHeld("stock");
            return stock.read(() -> {
                assertThat(Leases.requireHeld("stock")).isSameAs(outer);
                return stock.two(() -> stock.write(() -> {
                    assertThat(Leases.requireHeld("stock")).isSameAs(outer);
                    return "written";
                }));
            });
        }));
    }

    @Test
    void whoReadsMayReadInside() {
        run(stock -> stock.read(() -> {
            Lease outer = Leases.requireHeld("stock");
            return stock.read(() -> {
                assertThat(Leases.requireHeld("stock")).isSameAs(outer);
                return "read";
            });
        }));
    }

    @Test
    void whoReadsIsToldThatItCannotHaveItAloneInside() {
        run(stock -> stock.read(() -> {
            assertThatIllegalStateException()
                    .isThrownBy(() -> stock.write(() -> "written"))
                    .withMessageContaining("'stock' is shared by this very call")
                    .withMessageContaining("would wait for itself");
            return "read";
        }));
    }

    @Test
    void whoAgreedToMoreHoldsAPermitOfItsOwnInside() {
        run(stock -> stock.read(() -> {
            Lease outer = Leases.requireHeld("stock");
            return stock.two(() -> {
                assertThat(Leases.requireHeld("stock")).isNotSameAs(outer);
                assertThat(Leases.requireHeld("stock").permits()).isEqualTo(2);
                return "two";
            });
        }));
    }

    @Test
    void publishersShareAndAreRefusedAsCallsAre() {
        this.application.withBean(Stock.class).run(context -> {
            Stock stock = context.getBean(Stock.class);
            Locker locker = context.getBean(Locker.class);
            Mono<Object> holders = Mono.fromCallable(
                    () -> locker.inspect("stock").orElseThrow().holders().size());
            assertThat(stock.readThen(stock.readThen(holders)).block(PATIENCE)).isEqualTo(1);
            assertThat(stock.readThen(stock.twoThen(holders)).block(PATIENCE)).isEqualTo(2);
            assertThat(stock.writeThen(stock.readThen(holders)).block(PATIENCE)).isEqualTo(0);
            assertThatIllegalStateException()
                    .isThrownBy(() -> stock.readThen(stock.writeThen(holders)).block(PATIENCE))
                    .withMessageContaining("would wait for itself");
            await().until(() -> locker.inspect("stock").isEmpty());
        });
    }

    @Test
    void futuresShareAndAreRefusedAsCallsAre() {
        this.application.withBean(Stock.class).run(context -> {
            Stock stock = context.getBean(Stock.class);
            Callable<CompletableFuture<Object>> read = () -> CompletableFuture.completedFuture("read");
            assertThat(stock.readSoon(() -> stock.readSoon(read)))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo("read");
            assertThat(stock.readSoon(() -> stock.writeSoon(read)))
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .havingRootCause()
                    .isInstanceOf(IllegalStateException.class)
                    .withMessageContaining("would wait for itself");
        });
    }

    @Test
    void aLockerOfADriverThatCannotShareIsRefusedAtTheStart() {
        this.application
                .withPropertyValues("distlock.driver=map")
                .withBean(Stock.class)
                .run(context -> {
                    FailureAnalysis analysis = new AnnotationFailureAnalyzer().analyze(context.getStartupFailure());
                    assertThat(analysis).isNotNull();
                    assertThat(analysis.getDescription())
                            .contains("the locker \"default\" grants every lock to one holder alone");
                    assertThat(analysis.getAction()).contains("Leave out mode and permits");
                });
    }

    @Test
    void aLockerOfADriverThatCannotShareRefusesRequests() {
        this.application.withPropertyValues("distlock.driver=map").run(context -> {
            Locker locker = context.getBean(Locker.class);
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> locker.tryAcquire(TRY.shared()))
                    .withMessageContainingAll("'default' cannot share [stock]", "driver redis or memory");
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> locker.acquireAsync(TRY.permits(2)))
                    .withMessageContaining("cannot share");
            assertThat(locker.tryAcquire(TRY.permits(1))).isPresent();
        });
    }

    @Test
    void permitsThatMeanNothingKeepTheApplicationFromStarting() {
        this.application
                .withBean(NoPermits.class)
                .run(context -> assertThat(new AnnotationFailureAnalyzer()
                                .analyze(context.getStartupFailure())
                                .getDescription())
                        .contains("NoPermits.run(): A lock must have at least one permit, not -1"));
    }

    private void run(Consumer<Stock> work) {
        this.application.withBean(Stock.class).run(context -> {
            work.accept(context.getBean(Stock.class));
            assertThat(context.getBean(Locker.class).inspect("stock")).isEmpty();
        });
    }

    /** On another thread, as another call. */
    private static Object elsewhere(Callable<Object> work) throws Exception {
        FutureTask<Object> task = new FutureTask<>(work);
        Thread thread = new Thread(task);
        thread.start();
        try {
            return task.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw new AssertionError(failed.getCause());
        }
    }

    static class Stock {

        @DistributedLock(key = "stock", mode = LockMode.SHARED)
        public Object read(Callable<Object> work) {
            return done(work);
        }

        @DistributedLock(key = "stock")
        public Object write(Callable<Object> work) {
            return done(work);
        }

        @DistributedLock(key = "stock", permits = 2, whenBusy = WhenBusy.SKIP)
        public Object two(Callable<Object> work) {
            return done(work);
        }

        @DistributedLock(key = "stock", mode = LockMode.SHARED)
        public Mono<Object> readThen(Mono<Object> work) {
            return work;
        }

        @DistributedLock(key = "stock", permits = 2)
        public Mono<Object> twoThen(Mono<Object> work) {
            return work;
        }

        @DistributedLock(key = "stock")
        public Mono<Object> writeThen(Mono<Object> work) {
            return work;
        }

        @DistributedLock(key = "stock", mode = LockMode.SHARED)
        public CompletableFuture<Object> readSoon(Callable<CompletableFuture<Object>> work) throws Exception {
            return work.call();
        }

        @DistributedLock(key = "stock")
        public CompletableFuture<Object> writeSoon(Callable<CompletableFuture<Object>> work) throws Exception {
            return work.call();
        }

        private static Object done(Callable<Object> work) {
            try {
                return work.call();
            } catch (RuntimeException failure) {
                throw failure;
            } catch (Exception strange) {
                throw new AssertionError(strange);
            }
        }
    }

    static class NoPermits {

        @DistributedLock(key = "stock", permits = -1)
        public void run() {}
    }
}
