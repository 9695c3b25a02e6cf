package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.distlock.Leases;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.annotation.DistributedLock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class RepeatedLocksTests {

    private final LockedBeans beans = new LockedBeans(Shop.class, Till.class);

    private final Shop shop = this.beans.get(Shop.class);

    private final MapLocker locker = this.beans.locker();

    @AfterEach
    void close() {
        this.beans.close();
    }

    @Test
    void theFirstIsOutermost() {
        assertThat(this.shop.pay(42)).isEqualTo("[order:42]");

        assertInOrder();
    }

    @Test
    void futuresHoldAllOfThem() throws Exception {
        assertThat(this.shop.payLater(42).get()).isEqualTo("[order:42]");

        assertInOrder();
    }

    @Test
    void publishersHoldAllOfThem() {
        assertThat(this.shop.payWhenAsked(42).block(Duration.ofSeconds(10))).isEqualTo("[order:42]");

        assertInOrder();
    }

    @Test
    void whereTheInnerOneIsBusyTheOuterOneIsGivenBack() {
        this.locker.takeElsewhere("order:42");

        assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> this.shop.pay(42));
        assertThat(this.locker.heldKeys()).containsExactly("order:42");
    }

    @Test
    void whereTheOuterOneIsNotWantedTheCallersLeaseIsNotTakenForIt() throws Exception {
        assertThat(this.beans.get(Till.class).start(this.shop).get().get()).isEqualTo("[order:42]");
    }

    private void assertInOrder() {
        assertThat(this.locker.requests)
                .extracting(LockRequest::keys)
                .containsExactly(Set.of("shop"), Set.of("order:42"));
        assertThat(this.locker.released)
                .extracting(LockRequest::keys)
                .containsExactly(Set.of("order:42"), Set.of("shop"));
    }

    static class Shop {

        @DistributedLock("shop")
        @DistributedLock("order:#{#id}")
        String pay(int id) {
            return held();
        }

        @DistributedLock("shop")
        @DistributedLock("order:#{#id}")
        CompletableFuture<String> payLater(int id) {
            return CompletableFuture.completedFuture(held());
        }

        @DistributedLock("shop")
        @DistributedLock("order:#{#id}")
        Mono<String> payWhenAsked(int id) {
            return Mono.just(held());
        }

        @DistributedLock(key = "shop", condition = "false")
        @DistributedLock("order:#{#id}")
        CompletableFuture<String> payFree(int id) {
            assertThat(Leases.current("till")).isEmpty();
            return CompletableFuture.completedFuture(
                    Leases.current().orElseThrow().keys().toString());
        }

        private static String held() {
            Leases.requireHeld("shop");
            return Leases.current().orElseThrow().keys().toString();
        }
    }

    static class Till {

        /** Returns before what it has started is over. */
        @DistributedLock("till")
        Supplier<CompletableFuture<String>> start(Shop shop) {
            CompletableFuture<String> work = shop.payFree(42);
            return () -> work;
        }
    }
}
