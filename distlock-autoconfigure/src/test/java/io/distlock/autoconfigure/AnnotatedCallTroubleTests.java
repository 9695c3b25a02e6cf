package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.Leases;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.WhenLost;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What an annotated call answers to bad input and to trouble, with the locker that applications have. */
@Timeout(30)
class AnnotatedCallTroubleTests {

    private final MapDrivers map = new MapDrivers();

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(DistlockAutoConfiguration.class, DistributedLockAutoConfiguration.class))
            .withBean(MapDrivers.class, () -> this.map)
            .withBean(Shop.class)
            .withPropertyValues("distlock.driver=map");

    @ParameterizedTest
    @MethodSource("badKeys")
    void aBadKeyFailsTheCallAndNothingIsLocked(Object key, String fact) {
        with(shop -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> shop.lock(key))
                    .withMessageStartingWith("No lock key for AnnotatedCallTroubleTests.Shop.lock(Object): ")
                    .withMessageContaining(fact);
            assertThat(shop.ran()).isEmpty();
        });
    }

    static Stream<Arguments> badKeys() {
        return Stream.of(
                Arguments.of(null, "is null"),
                Arguments.of(" \t", "is blank"),
                Arguments.of(Arrays.asList("a", null), "is null"),
                Arguments.of(List.of(), "is empty"),
                Arguments.of(Collections.nCopies(10_000, "a"), "makes 10000 keys, and at most 100 go together"),
                Arguments.of("x".repeat(2000), "1024"),
                Arguments.of(List.of("fine", "~inner"), "'~'"));
    }

    @Test
    void anExpressionThatThrowsFailsTheCallWithItsCause() {
        with(shop -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> shop.failing("x"))
                    .withMessageContaining("expression '#root.target.fail()' failed: out of order")
                    .withRootCauseInstanceOf(UnsupportedOperationException.class);
            assertThat(shop.ran()).isEmpty();
        });
    }

    @Test
    void aKeyThatIsNamedTwiceIsLockedOnce() {
        with(shop -> {
            shop.lock(List.of("b", "a", "b"));

            assertThat(shop.ran()).containsExactly("[a, b]");
        });
    }

    @Test
    void aFallbackThatThrowsIsTheAnswer() {
        this.map.tokens.put("distlock:k", "somebody");
        with(shop -> assertThatThrownBy(shop::orElse)
                .isInstanceOf(IOException.class)
                .hasMessage("no")
                .hasNoCause());
    }

    @Test
    void anInterruptedCallerIsToldSoKeepsItsFlagAndHasNotRun() {
        with(shop -> {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(LockNotAcquiredException.class)
                    .isThrownBy(() -> shop.lock("k"))
                    .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.INTERRUPTED));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(shop.ran()).isEmpty();
        });
    }

    @Test
    void aCallerThatIsInterruptedWhileItWaitsNeitherSkipsNorFallsBack() {
        this.map.tokens.put("distlock:k", "somebody");
        with(shop -> {
            AtomicReference<Throwable> answer = new AtomicReference<>();
            Thread caller = new Thread(() -> {
                try {
                    shop.skip();
                } catch (RuntimeException refused) {
                    answer.set(refused);
                }
            });
            caller.start();
            await().until(() ->
                    caller.getState() == Thread.State.TIMED_WAITING || caller.getState() == Thread.State.WAITING);
            caller.interrupt();
            caller.join();

            assertThat(answer.get())
                    .isInstanceOfSatisfying(
                            LockNotAcquiredException.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.INTERRUPTED));
        });
    }

    @Test
    void whereTooManyWaitTheAnswerIsThatOfABusyLock() {
        this.map.tokens.put("distlock:k", "somebody");
        this.context.withPropertyValues("distlock.max-waiters=1").run(context -> {
            Shop shop = context.getBean(Shop.class);
            Set<Thread> answered = ConcurrentHashMap.newKeySet();
            Runnable call = () -> {
                try {
                    assertThat(shop.skip()).isNull();
                    answered.add(Thread.currentThread());
                } catch (LockNotAcquiredException interrupted) {
                    Thread.currentThread().interrupt();
                }
            };
            List<Thread> callers = List.of(new Thread(call), new Thread(call));
            callers.forEach(Thread::start);

            await().untilAsserted(() -> assertThat(answered).hasSize(1));

            callers.forEach(Thread::interrupt);
            for (Thread caller : callers) {
                caller.join();
            }
        });
    }

    @Test
    void aMethodThatThrowsWhileItsLockIsLostFailsWithItsOwnException() {
        this.context
                .withPropertyValues("distlock.auto-renew=false", "distlock.ttl=100ms")
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Shop.class).loseAndFail(new IOException("disk")))
                        .isInstanceOf(IOException.class)
                        .satisfies(own -> assertThat(own.getSuppressed())
                                .hasSize(1)
                                .hasOnlyElementsOfType(LockLostException.class)));
    }

    @Test
    void aMethodThatEndsWellWithoutItsLockFails() {
        this.context
                .withPropertyValues("distlock.auto-renew=false", "distlock.ttl=100ms")
                .run(context -> {
                    assertThatExceptionOfType(LockLostException.class)
                            .isThrownBy(() -> context.getBean(Shop.class).lose());
                    context.getBean(Shop.class).loseAndReport();
                });
    }

    @Test
    void aMethodThatSleepsIsInterruptedOnceAndItsThreadIsNotAfterwards() {
        this.context
                .withPropertyValues("distlock.auto-renew=false", "distlock.ttl=100ms")
                .run(context -> {
                    assertThatThrownBy(() -> context.getBean(Shop.class).sleep())
                            .isInstanceOf(InterruptedException.class);
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                });
    }

    @Test
    void aFutureThatFailsGivesItsLockBackBeforeItIsTold() {
        with(shop -> {
            CompletableFuture<String> work = new CompletableFuture<>();
            CompletableFuture<String> result = shop.later(work);
            await().until(() -> this.map.tokens.containsKey("distlock:k"));
            work.completeExceptionally(new IOException("disk"));

            assertThatThrownBy(result::get).hasCauseInstanceOf(IOException.class);
            assertThat(this.map.tokens).isEmpty();
        });
    }

    private void with(Story story) {
        this.context.run(context -> story.tell(context.getBean(Shop.class)));
    }

    private interface Story {

        void tell(Shop shop) throws Exception;
    }

    static class Shop {

        private final List<String> ran = new ArrayList<>();

        List<String> ran() {
            return this.ran;
        }

        @DistributedLock("#key")
        void lock(Object key) {
            this.ran.add(String.valueOf(Leases.current().orElseThrow().keys()));
        }

        @DistributedLock("#root.target.fail()")
        void failing(Object key) {
            this.ran.add("failing");
        }

        public String fail() {
            throw new UnsupportedOperationException("out of order");
        }

        @DistributedLock(key = "k", waitFor = "0s", fallback = "refuse")
        void orElse() throws IOException {}

        void refuse() throws IOException {
            throw new IOException("no");
        }

        @DistributedLock(key = "k", waitFor = "25s", whenBusy = WhenBusy.SKIP)
        Object skip() {
            return "ran";
        }

        @DistributedLock(key = "k", whenLost = WhenLost.FAIL)
        void loseAndFail(Exception failure) throws Exception {
            lost();
            throw failure;
        }

        @DistributedLock(key = "k", whenLost = WhenLost.FAIL)
        void lose() {
            lost();
        }

        @DistributedLock(key = "l", whenLost = WhenLost.REPORT)
        void loseAndReport() {
            lost();
        }

        @DistributedLock("k")
        void sleep() throws InterruptedException {
            new CountDownLatch(1).await();
        }

        @DistributedLock("k")
        CompletableFuture<String> later(CompletableFuture<String> work) {
            return work;
        }

        private static void lost() {
            Lease lease = Leases.current().orElseThrow();
            await().until(() -> !lease.isHeld());
        }
    }
}
