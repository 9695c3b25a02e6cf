package io.distlock.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockKey;
import io.distlock.driver.Release;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryStoreTests {

    private static final Duration RETENTION = Duration.ofMinutes(1);

    private final AtomicLong now = new AtomicLong();

    private final MemoryStore store = new MemoryStore(this.now::get, Duration.ofMillis(1));

    private final LineDriver driver = driver("here");

    @Test
    void nothingIsLeftOfManyKeysOnceTheyAreIdleThoughNobodyAsks() {
        for (int i = 0; i < 10_000; i++) {
            Claim claim = claim("k" + i, "t");
            this.driver.acquire(claim);
            if (i % 2 == 0) {
                this.driver.release(new Release(claim.hold(), Duration.ZERO));
            }
        }
        assertThat(this.store.keys()).hasSize(10_000);
        this.now.addAndGet(RETENTION.multipliedBy(2).toNanos());
        await().until(() -> this.store.keys().isEmpty());

        this.driver.acquire(claim("again", "t"));
        this.now.addAndGet(RETENTION.multipliedBy(2).toNanos());
        await().until(() -> this.store.keys().isEmpty());
    }

    @Test
    void whatIsHeldIsNotSwept() {
        Claim held = claim("k", "a");
        this.driver.acquire(held);
        this.now.addAndGet(RETENTION.minusNanos(1).toNanos());
        this.store.sweep();
        assertThat(this.driver.ttl(held.hold()).toCompletableFuture().join()).contains(Duration.ofNanos(1));
    }

    @Test
    void whoClosesWhileItWaitsIsPassedOver() {
        LineDriver closing = driver("closing");
        List<LineDriver.Grant> grants = new ArrayList<>();
        closing.listen(grants::add);
        Claim holder = claim("k", "holder");
        this.driver.acquire(holder);
        closing.line(new Question(claim("k", "first"), "C", 1, RETENTION));
        Question second = new Question(claim("k", "second"), "A", 2, RETENTION);
        this.driver.line(second);

        closing.close();
        this.driver.release(new Release(holder.hold(), Duration.ZERO));

        assertThat(grants).isEmpty();
        assertThat(this.driver.line(second).toCompletableFuture().join()).isInstanceOf(Attempt.Granted.class);
    }

    @Test
    void whoComesWhileALockIsForgottenSharesItWithNobody() throws InterruptedException {
        LineDriver forgetful = driver("here", Duration.ZERO);
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger grants = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            String name = "t" + t + ".";
            threads.add(new Thread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    Claim claim = claim("k", name + i);
                    if (forgetful.acquire(claim).toCompletableFuture().join() instanceof Attempt.Granted) {
                        grants.incrementAndGet();
                        together.addAndGet(holders.incrementAndGet() - 1);
                        holders.decrementAndGet();
                        forgetful.release(new Release(claim.hold(), Duration.ZERO));
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(together).hasValue(0);
        assertThat(grants.get()).isGreaterThan(4);
        assertThat(this.store.keys()).isEmpty();
    }

    private LineDriver driver(String instance) {
        return driver(instance, RETENTION);
    }

    private LineDriver driver(String instance, Duration retention) {
        return new MemoryLockDriver(
                this.store,
                new DriverSettings("test", "p:", instance, Duration.ofSeconds(1), retention, true, Optional.empty()));
    }

    private static Claim claim(String key, String token) {
        return new Claim(new Hold(new LockKey("p:", key), token, key + token), RETENTION, 1, "");
    }
}
