package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distlock.Leases;
import io.distlock.LockUnavailableException;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenUnavailable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Mono;

@ExtendWith(OutputCaptureExtension.class)
class WhenUnavailableTests {

    private final LockedBeans beans = new LockedBeans(Shop.class);

    private final Shop shop = this.beans.get(Shop.class);

    @BeforeEach
    void silence() {
        this.beans.locker().silent = true;
    }

    @AfterEach
    void close() {
        this.beans.close();
    }

    @Test
    void aSilentStoreKeepsTheBodyFromRunning() {
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(this.shop::strict);
        assertThatThrownBy(() -> this.shop.strictFuture().get()).hasCauseInstanceOf(LockUnavailableException.class);
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> this.shop.strictMono().block());
        assertThat(this.shop.runs()).isZero();
    }

    @Test
    void workThatOnlySavesWorkMayProceedWithAWarning(CapturedOutput output) throws Exception {
        assertThat(this.shop.loose()).isEqualTo("free");
        assertThat(this.shop.looseFuture().get()).isEqualTo("free");
        assertThat(this.shop.looseMono().block()).isEqualTo("free");

        assertThat(output.getOut()
                        .lines()
                        .filter(line -> line.contains(" WARN ") && line.contains("WhenUnavailableTests")))
                .hasSize(3)
                .first()
                .asString()
                .contains(
                        "Shop.loose() runs without its lock, as whenUnavailable = PROCEED says: Lock 'k' is unavailable");
    }

    @Test
    void aBodyThatMeetsASilentStoreRunsOnlyOnce() {
        this.beans.locker().silent = false;

        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> this.shop.meets(this.beans.locker()));
        assertThat(this.shop.runs()).isEqualTo(1);
    }

    static class Shop {

        private int runs;

        int runs() {
            return this.runs;
        }

        @DistributedLock("k")
        String strict() {
            return run();
        }

        @DistributedLock("k")
        CompletableFuture<String> strictFuture() {
            return CompletableFuture.completedFuture(run());
        }

        @DistributedLock("k")
        Mono<String> strictMono() {
            return Mono.just(run());
        }

        @DistributedLock(key = "k", whenUnavailable = WhenUnavailable.PROCEED)
        String loose() {
            return run();
        }

        @DistributedLock(key = "k", whenUnavailable = WhenUnavailable.PROCEED)
        CompletableFuture<String> looseFuture() {
            return CompletableFuture.completedFuture(run());
        }

        @DistributedLock(key = "k", whenUnavailable = WhenUnavailable.PROCEED)
        Mono<String> looseMono() {
            return Mono.just(run());
        }

        @DistributedLock(key = "k", whenUnavailable = WhenUnavailable.PROCEED)
        void meets(MapLocker locker) {
            run();
            locker.silent = true;
            locker.acquire("other");
        }

        private String run() {
            this.runs++;
            return Leases.current().map(lease -> lease.keys().toString()).orElse("free");
        }
    }
}
