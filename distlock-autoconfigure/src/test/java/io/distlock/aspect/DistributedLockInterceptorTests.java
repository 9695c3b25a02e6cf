package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distlock.Lease;
import io.distlock.Leases;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.WhenLost;
import io.distlock.annotation.AutoRenew;
import io.distlock.annotation.DistributedLock;
import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Lazy;

class DistributedLockInterceptorTests {

    private final LockedBeans beans = new LockedBeans(Map.of("shop.ttl", "45s"), Shop.class, Till.class);

    private final Shop shop = this.beans.get(Shop.class);

    private final MapLocker locker = this.beans.locker();

    @AfterEach
    void close() {
        this.beans.close();
    }

    @Test
    void theBodyRunsUnderTheLockAndOnlyTheBody() {
        assertThat(this.shop.pay(42)).isEqualTo("held by [order:42]");

        assertThat(this.locker.heldKeys()).isEmpty();
        assertThat(Leases.current()).isEmpty();
    }

    @Test
    void aHeldKeyKeepsTheBodyFromRunning() {
        this.locker.takeElsewhere("order:42");

        assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> this.shop.pay(42));
        assertThat(this.shop.runs()).isZero();
    }

    @Test
    void anotherKeyIsFree() {
        this.locker.takeElsewhere("order:42");

        assertThat(this.shop.pay(43)).isEqualTo("held by [order:43]");
    }

    @Test
    void severalKeysAreOneRequest() {
        this.shop.payAll(List.of(2, 1));

        assertThat(onlyRequest().keys()).containsExactlyInAnyOrder("order:1", "order:2");
    }

    @Test
    void whatTheAnnotationSaysIsRequested() {
        this.shop.saysAll();

        LockRequest request = onlyRequest();
        assertThat(request.keys()).containsExactly("all");
        assertThat(request.name()).hasValue("shop.all");
        assertThat(request.ttl()).hasValue(Duration.ofSeconds(45));
        assertThat(request.waitFor()).hasValue(Duration.ZERO);
        assertThat(request.maxHold()).hasValue(Duration.ofSeconds(90));
        assertThat(request.holdAtLeast()).isEqualTo(Duration.ofMinutes(1));
        assertThat(request.autoRenew()).hasValue(false);
        assertThat(request.whenLost()).hasValue(WhenLost.REPORT);
    }

    @Test
    void whatTheAnnotationDoesNotSayIsLeftToTheLocker() {
        this.shop.pay(42);

        LockRequest request = onlyRequest();
        assertThat(request.name()).hasValue("DistributedLockInterceptorTests.Shop.pay");
        assertThat(request.ttl()).isEmpty();
        assertThat(request.waitFor()).isEmpty();
        assertThat(request.maxHold()).isEmpty();
        assertThat(request.holdAtLeast()).isZero();
        assertThat(request.autoRenew()).isEmpty();
    }

    @Test
    void theExceptionOfTheBodyComesThroughAsItIsAndTheLockIsFree() {
        IOException failure = new IOException("disk");

        assertThatThrownBy(() -> this.shop.fail(failure)).isSameAs(failure);
        assertThatThrownBy(() -> this.shop.fail(new StackOverflowError())).isInstanceOf(StackOverflowError.class);
        assertThat(this.locker.heldKeys()).isEmpty();
    }

    @Test
    void aKeyThatCannotBeLockedNamesTheMethod() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> this.shop.free("~x"))
                .withMessageStartingWith("No lock key for DistributedLockInterceptorTests.Shop.free(String): ")
                .withMessageContaining("'~'");
        assertThat(this.shop.runs()).isZero();
    }

    @Test
    void aCallForWhichTheConditionIsFalseRunsWithoutALock() {
        assertThat(this.shop.onlyLarge(1)).isEqualTo("free");
        assertThat(this.shop.onlyLarge(100)).isEqualTo("held by [large]");
    }

    @Test
    void aConditionThatSaysNeitherYesNorNoFailsTheCall() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> this.shop.onlyIf(null))
                .withMessageContaining("condition is null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> this.shop.onlyIf(new Object()))
                .withMessageContaining("condition failed");
        assertThat(this.shop.runs()).isZero();
    }

    @Test
    void theSameKeyAgainGoesThroughWithTheSameLease() {
        assertThat(this.beans.get(Till.class).payTwice(42)).isEqualTo("held by [order:42]");

        assertThat(this.locker.requests).hasSize(1);
        assertThat(this.locker.released).hasSize(1);
    }

    @Test
    void ofSeveralKeysOnlyThoseNotYetHeldAreTaken() {
        this.beans.get(Till.class).payMore(1, List.of(1, 2));

        assertThat(this.locker.requests)
                .extracting(LockRequest::keys)
                .containsExactly(Set.of("order:1"), Set.of("order:2"));
        assertThat(this.locker.heldKeys()).isEmpty();
    }

    @Test
    void aMethodThatIsNotReentrantWaitsForItself() {
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.beans.get(Till.class).strict(42));
    }

    @Test
    void enteringAgainUnderALostLeaseFails() {
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> this.beans.get(Till.class).loseAndPay(this.locker, 42));
        assertThat(this.shop.runs()).isZero();
    }

    @Test
    void anAnnotationIsReadOncePerMethodAndClass() throws NoSuchMethodException {
        LockOperations operations =
                this.beans.get(DistributedLockInterceptor.class).operations();
        Method pay = Shop.class.getDeclaredMethod("pay", int.class);

        assertThat(operations.get(pay, Shop.class)).isSameAs(operations.get(pay, Shop.class));
    }

    private LockRequest onlyRequest() {
        assertThat(this.locker.requests).hasSize(1);
        return this.locker.requests.get(0);
    }

    static class Shop {

        private int runs;

        int runs() {
            return this.runs;
        }

        @DistributedLock("order:#{#id}")
        String pay(int id) {
            this.runs++;
            return holder();
        }

        @DistributedLock(key = "order:#{#ids}")
        void payAll(List<Integer> ids) {}

        @DistributedLock(
                key = "all",
                name = "shop.all",
                ttl = "${shop.ttl}",
                waitFor = "0s",
                maxHold = "1m30s",
                holdAtLeast = "PT1M",
                autoRenew = AutoRenew.FALSE,
                whenLost = WhenLost.REPORT)
        void saysAll() {}

        @DistributedLock
        void fail(Throwable failure) throws Throwable {
            throw failure;
        }

        @DistributedLock("#key")
        void free(String key) {
            this.runs++;
        }

        @DistributedLock(key = "large", condition = "#amount > 10")
        String onlyLarge(int amount) {
            return holder();
        }

        @DistributedLock(key = "maybe", condition = "#answer")
        void onlyIf(Object answer) {
            this.runs++;
        }

        private static String holder() {
            return Leases.current()
                    .map(lease -> (lease.isHeld() ? "held by " : "lost by ") + lease.keys())
                    .orElse("free");
        }
    }

    static class Till {

        private final Shop shop;

        private final Till self;

        Till(Shop shop, @Lazy Till self) {
            this.shop = shop;
            this.self = self;
        }

        @DistributedLock("order:#{#id}")
        String payTwice(int id) {
            long fence = Leases.requireHeld("order:" + id).fencingToken();
            String held = this.shop.pay(id);
            assertThat(Leases.current().map(Lease::fencingToken)).hasValue(fence);
            return held;
        }

        @DistributedLock("order:#{#id}")
        void payMore(int id, List<Integer> all) {
            this.shop.payAll(all);
        }

        @DistributedLock("order:#{#id}")
        void strict(int id) {
            this.self.inner(id);
        }

        @DistributedLock(key = "order:#{#id}", reentrant = false)
        void inner(int id) {}

        @DistributedLock(key = "order:#{#id}", whenLost = WhenLost.FAIL)
        void loseAndPay(MapLocker locker, int id) {
            locker.lose("order:" + id);
            this.shop.pay(id);
        }
    }
}
