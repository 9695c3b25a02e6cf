package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distlock.Lease;
import io.distlock.Leases;
import io.distlock.LockLostException;
import io.distlock.WhenLost;
import io.distlock.annotation.DistributedLock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WhenLostTests {

    private final LockedBeans beans = new LockedBeans(Shop.class);

    private final MapLocker locker = this.beans.locker();

    private final Shop shop = this.beans.get(Shop.class);

    @AfterEach
    void close() {
        this.beans.close();
        assertThat(Thread.interrupted()).as("interrupted").isFalse();
    }

    @Test
    void aLossInterruptsTheBody() {
        assertThatThrownBy(() -> this.shop.interrupted(() -> {
                    loseOnAnotherThread();
                    new CountDownLatch(1).await();
                    return "never";
                }))
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void aBodyThatTakesNoNoticeFailsAtItsEndAndTheFlagIsGone() {
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> this.shop.interrupted(() -> {
                    loseOnAnotherThread();
                    return Thread.currentThread().isInterrupted() ? "told" : "not told";
                }));
    }

    @Test
    void theBodySeesTheInterruptOnce() {
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> this.shop.interrupted(() -> {
                    loseOnAnotherThread();
                    assertThat(Thread.interrupted()).isTrue();
                    assertThat(Thread.interrupted()).isFalse();
                    return "done";
                }));
    }

    @Test
    void anInterruptOfSomebodyElseIsLeftAlone() {
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> this.shop.interrupted(() -> {
                    Thread.currentThread().interrupt();
                    this.locker.lose("k");
                    return "done";
                }));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aLossAfterTheBodyInterruptsNobody() throws Exception {
        Lease[] lease = new Lease[1];
        this.shop.interrupted(() -> {
            lease[0] = Leases.current().orElseThrow();
            return "done";
        });

        this.locker.loseAnyway(lease[0]);

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void failOnlyFailsAtTheEnd() {
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> this.shop.failing(() -> {
                    this.locker.lose("k");
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                    return "done";
                }));
    }

    @Test
    void reportLetsTheResultCount() throws Exception {
        assertThat(this.shop.reported(() -> {
                    this.locker.lose("k");
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                    return "done";
                }))
                .isEqualTo("done");
    }

    private void loseOnAnotherThread() throws InterruptedException {
        Thread other = new Thread(() -> this.locker.lose("k"));
        other.start();
        while (other.isAlive()) {
            Thread.onSpinWait();
        }
    }

    static class Shop {

        @DistributedLock("k")
        String interrupted(Callable<String> body) throws Exception {
            return body.call();
        }

        @DistributedLock(key = "k", whenLost = WhenLost.FAIL)
        String failing(Callable<String> body) throws Exception {
            return body.call();
        }

        @DistributedLock(key = "k", whenLost = WhenLost.REPORT)
        String reported(Callable<String> body) throws Exception {
            return body.call();
        }
    }
}
