package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Actions for losses are called whatever the others do, by so many threads at most. */
class CallbacksTests {

    private static final int MOST = 3;

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private final AtomicInteger called = new AtomicInteger();

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work);
        this.threads.add(thread);
        return thread;
    }

    @Test
    void aSlowOneKeepsNobodyWaitingAndManySlowOnesTakeFewThreads() {
        Callbacks callbacks = new Callbacks(MOST, this::thread);
        CountDownLatch over = new CountDownLatch(1);
        callbacks.call(() -> awaitQuietly(over));
        callbacks.call(this.called::incrementAndGet);
        await().until(() -> this.called.get() == 1);
        for (int i = 0; i < 20; i++) {
            callbacks.call(() -> {
                awaitQuietly(over);
                this.called.incrementAndGet();
            });
        }
        assertThat(this.threads.stream().filter(Thread::isAlive)).hasSize(MOST);
        over.countDown();
        await().until(() -> this.called.get() == 21);
        await().until(() -> this.threads.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void oneThatFailsKeepsNoOtherFromBeingCalled() {
        Callbacks callbacks = new Callbacks(1, this::thread);
        callbacks.call(() -> {
            throw new IllegalStateException("made by the test");
        });
        callbacks.call(() -> {
            throw new AssertionError("made by the test");
        });
        callbacks.call(this.called::incrementAndGet);
        await().until(() -> this.called.get() == 1);
    }

    @Test
    void whatFoundNoThreadIsCalledWithTheNext() {
        AtomicInteger refused = new AtomicInteger(MOST);
        Callbacks callbacks = new Callbacks(MOST, work -> {
            if (refused.getAndDecrement() > 0) {
                throw new OutOfMemoryError("made by the test: no thread");
            }
            return thread(work);
        });
        for (int i = 0; i < MOST; i++) {
            assertThatExceptionOfType(OutOfMemoryError.class)
                    .isThrownBy(() -> callbacks.call(this.called::incrementAndGet));
        }
        callbacks.call(this.called::incrementAndGet);
        await().until(() -> this.called.get() == MOST + 1);
    }

    @Test
    void whoeverComesWhileTheLastThreadEndsIsCalled() throws Exception {
        Callbacks callbacks = new Callbacks(1, this::thread);
        for (int i = 1; i <= 5_000; i++) {
            callbacks.call(this.called::incrementAndGet);
            if (i % 7 == 0) {
                Thread.onSpinWait();
            }
        }
        await().until(() -> this.called.get() == 5_000);
    }

    private static void awaitQuietly(CountDownLatch over) {
        try {
            over.await();
        } catch (InterruptedException told) {
            Thread.currentThread().interrupt();
        }
    }
}
