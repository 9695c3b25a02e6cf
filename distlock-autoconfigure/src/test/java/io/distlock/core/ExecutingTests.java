package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which thread works under a lease that is held for a piece of work. */
class ExecutingTests {

    private static final LockRequest ORDERS = LockRequest.of("orders").ttl(Duration.ofHours(1));

    private final Desk desk = new OneKeyStore().instance("here");

    private final DistributedLocker locker = new DistributedLocker(
            this.desk.settings(),
            this.desk,
            new Taking(
                    this.desk.settings(),
                    this.desk,
                    this.desk.tellers(),
                    new Details(new Instance("", ""), Map.of(), null)));

    @AfterEach
    void close() {
        this.locker.close();
    }

    private KeyLease execute() {
        return this.locker.execute(
                ORDERS,
                lease -> this.desk
                        .here()
                        .heldBy(Thread.currentThread(), "orders")
                        .orElseThrow());
    }

    @Test
    void workIsOverWithTheThreadThatDoesIt() throws InterruptedException {
        AtomicReference<KeyLease> used = new AtomicReference<>();
        Thread worker = new Thread(() -> used.set(execute()));
        worker.start();
        worker.join();
        assertThat(used.get().isOrphaned()).isTrue();
        assertThat(execute().isOrphaned()).isFalse();
    }
}
