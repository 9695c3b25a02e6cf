package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distlock.LockNotAcquiredException;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WhenBusyTests {

    private final LockedBeans beans = new LockedBeans(Shop.class);

    private final Shop shop = this.beans.get(Shop.class);

    @AfterEach
    void close() {
        this.beans.close();
    }

    @Test
    void aSkippedCallGivesNothing() {
        this.beans.locker().takeElsewhere("k");

        assertThat(this.shop.object()).isNull();
        assertThat(this.shop.optional()).isEmpty();
        assertThat(this.shop.optionalInt()).isEmpty();
        assertThat(this.shop.boxed()).isNull();
        this.shop.nothing();
        assertThat(this.shop.runs()).isZero();
    }

    @Test
    void aCallThatGetsItsLockIsNotSkipped() {
        assertThat(this.shop.object()).isEqualTo("ran");
    }

    @Test
    void theRefusalOfAnotherLockInsideTheBodyIsNotOurs() {
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.shop.failing(this.beans.locker()));
    }

    @Test
    void theFallbackIsCalledWithTheSameArguments() {
        this.beans.locker().takeElsewhere("k");

        assertThat(this.shop.pay(42)).isEqualTo("later 42");
    }

    @Test
    void theFallbackMayAskWhy() {
        this.beans.locker().takeElsewhere("k");

        assertThat(this.shop.why(42)).isEqualTo("42 BUSY");
    }

    @Test
    void whatTheFallbackThrowsComesThroughAsItIs() {
        this.beans.locker().takeElsewhere("k");

        assertThatThrownBy(this.shop::fails).isInstanceOf(IOException.class).hasMessage("no");
    }

    static class Shop {

        private int runs;

        int runs() {
            return this.runs;
        }

        @DistributedLock(key = "k", whenBusy = WhenBusy.SKIP)
        Object object() {
            this.runs++;
            return "ran";
        }

        @DistributedLock(key = "k", whenBusy = WhenBusy.SKIP)
        Optional<String> optional() {
            this.runs++;
            return Optional.of("ran");
        }

        @DistributedLock(key = "k", whenBusy = WhenBusy.SKIP)
        OptionalInt optionalInt() {
            this.runs++;
            return OptionalInt.of(1);
        }

        @DistributedLock(key = "k", whenBusy = WhenBusy.SKIP)
        Integer boxed() {
            this.runs++;
            return 1;
        }

        @DistributedLock(key = "k", whenBusy = WhenBusy.SKIP)
        void nothing() {
            this.runs++;
        }

        @DistributedLock(key = "k", whenBusy = WhenBusy.SKIP)
        Object failing(MapLocker locker) {
            locker.takeElsewhere("other");
            return locker.acquire("other");
        }

        @DistributedLock(key = "k", fallback = "later")
        String pay(int id) {
            return "paid " + id;
        }

        private String later(int id) {
            return "later " + id;
        }

        @DistributedLock(key = "k", fallback = "because")
        String why(int id) {
            return "paid " + id;
        }

        String because(int id, LockNotAcquiredException refusal) {
            return id + " " + refusal.reason();
        }

        @DistributedLock(key = "k", fallback = "refuse")
        void fails() throws IOException {}

        void refuse() throws IOException {
            throw new IOException("no");
        }
    }
}
