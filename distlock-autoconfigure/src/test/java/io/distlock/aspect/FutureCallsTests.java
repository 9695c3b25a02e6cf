package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distlock.Leases;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.WhenLost;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.aspectj.lang.JoinPoint;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FutureCallsTests {

    private final LockedBeans beans = new LockedBeans(Shop.class, Till.class, Counting.class);

    private final Shop shop = this.beans.get(Shop.class);

    private final MapLocker locker = this.beans.locker();

    @AfterEach
    void close() {
        this.beans.close();
    }

    @Test
    void theLockIsHeldUntilTheFutureEnds() throws Exception {
        CompletableFuture<String> work = new CompletableFuture<>();
        CompletableFuture<String> result = this.shop.pay(work);
        await().until(() -> this.shop.runs() == 1);
        assertThat(this.locker.heldKeys()).containsExactly("k");
        assertThat(result).isNotDone();

        work.complete("done");

        assertThat(result.get()).isEqualTo("done");
        assertThat(this.locker.heldKeys()).isEmpty();
        assertThat(this.locker.released).hasSize(1);
    }

    @Test
    void aFailedFutureGivesTheLockBackAndFailsWithItsOwnException() {
        IOException failure = new IOException("disk");

        assertThatThrownBy(() ->
                        this.shop.pay(CompletableFuture.failedFuture(failure)).get())
                .isInstanceOf(ExecutionException.class)
                .hasCause(failure);
        assertThat(this.locker.heldKeys()).isEmpty();
        assertThat(this.locker.released).hasSize(1);
    }

    @Test
    void aMethodThatThrowsGivesAFailedFuture() {
        assertThatThrownBy(() -> this.shop.throwing().get()).hasRootCauseMessage("before");
        assertThat(this.locker.heldKeys()).isEmpty();
    }

    @Test
    void nobodyWaitsForTheLockAndTheBodyRunsWhenItIsGranted() throws Exception {
        var elsewhere = this.locker.takeElsewhere("k");

        CompletableFuture<String> result = this.shop.pay(CompletableFuture.completedFuture("done"));
        assertThat(this.shop.runs()).isZero();
        elsewhere.release();

        assertThat(result.get()).isEqualTo("done");
        assertThat(this.shop.thread()).startsWith("distlock-call-");
    }

    @Test
    void cancellingLeavesTheLine() {
        this.locker.takeElsewhere("k");

        CompletableFuture<String> result = this.shop.pay(new CompletableFuture<>());
        result.cancel(true);

        assertThat(this.locker.asked)
                .singleElement()
                .satisfies(asked -> assertThat(asked).isCancelled());
    }

    @Test
    void cancellingCancelsTheWorkAndGivesTheLockBack() {
        CompletableFuture<String> work = new CompletableFuture<>();
        CompletableFuture<String> result = this.shop.pay(work);
        await().until(() -> this.shop.runs() == 1);

        result.cancel(true);

        await().untilAsserted(() -> assertThat(this.locker.released).hasSize(1));
        assertThat(work).isCancelled();
    }

    @Test
    void aLeaseGrantedToACancelledCallIsGivenBackWithoutRunning() {
        var elsewhere = this.locker.takeElsewhere("k");
        CompletableFuture<String> result = this.shop.pay(new CompletableFuture<>());
        this.locker.deafToCancel = true;

        result.cancel(true);
        elsewhere.release();

        await().untilAsserted(() -> assertThat(this.locker.heldKeys()).isEmpty());
        assertThat(this.shop.runs()).isZero();
    }

    @Test
    void aBusyLockFailsTheFuture() {
        this.locker.takeElsewhere("now");

        assertThatThrownBy(() -> this.shop.atOnce().get()).hasCauseInstanceOf(LockNotAcquiredException.class);
        assertThat(this.shop.runs()).isZero();
    }

    @Test
    void aBusyLockCanBeSkippedOrAnsweredOtherwise() throws Exception {
        this.locker.takeElsewhere("now");

        assertThat(this.shop.skipping().toCompletableFuture().get()).isNull();
        assertThat(this.shop.later(42).get()).isEqualTo("later 42");
    }

    @Test
    void aLossCancelsTheWorkAndFailsTheResult() {
        CompletableFuture<String> work = new CompletableFuture<>();
        CompletableFuture<String> result = this.shop.pay(work);
        await().until(() -> this.shop.runs() == 1);

        this.locker.lose("k");

        assertThatThrownBy(result::get).hasCauseInstanceOf(LockLostException.class);
        assertThat(work).isCancelled();
    }

    @Test
    void aLossFailsTheResultOnlyAtTheEndWhereThatIsAskedFor() {
        CompletableFuture<String> work = new CompletableFuture<>();
        CompletableFuture<String> result = this.shop.failing(work);
        await().until(() -> this.shop.runs() == 1);

        this.locker.lose("k");
        assertThat(work).isNotDone();
        work.complete("done");

        assertThatThrownBy(result::get).hasCauseInstanceOf(LockLostException.class);
    }

    @Test
    void aResultThatComesInDoubtAsksTheStore() throws Exception {
        CompletableFuture<String> work = new CompletableFuture<>();
        CompletableFuture<String> result = this.shop.failing(work);
        await().until(() -> this.shop.runs() == 1);

        this.locker.doubt("k");
        work.complete("done");

        assertThat(result.get()).isEqualTo("done");
        assertThat(this.locker.askedHowLong).hasSize(1);
    }

    @Test
    void theWorksOwnFailureWinsOverALoss() {
        CompletableFuture<String> work = new CompletableFuture<>();
        CompletableFuture<String> result = this.shop.failing(work);
        await().until(() -> this.shop.runs() == 1);

        this.locker.lose("k");
        work.completeExceptionally(new IOException("disk"));

        assertThatThrownBy(result::get)
                .cause()
                .isInstanceOf(IOException.class)
                .satisfies(own ->
                        assertThat(own.getSuppressed()).hasSize(1).hasOnlyElementsOfType(LockLostException.class));
    }

    @Test
    void aLossThatIsOnlyReportedLeavesTheResult() throws Exception {
        CompletableFuture<String> work = new CompletableFuture<>();
        CompletableFuture<String> result = this.shop.reporting(work);
        await().until(() -> this.shop.runs() == 1);

        this.locker.lose("k");
        work.complete("done");

        assertThat(result.get()).isEqualTo("done");
    }

    @Test
    void aCallFromTheBodySharesTheLeaseAndTheLastOneGivesItBack() throws Exception {
        CompletableFuture<String> work = new CompletableFuture<>();
        CompletableFuture<String> outer = this.beans.get(Till.class).payAndForget(work);

        assertThat(outer.get()).isEqualTo("gone");
        assertThat(this.locker.heldKeys()).containsExactly("k");
        work.complete("done");

        await().untilAsserted(() -> assertThat(this.locker.heldKeys()).isEmpty());
        assertThat(this.locker.requests).hasSize(1);
        assertThat(this.locker.released).hasSize(1);
    }

    @Test
    void aCallFromTheBodyDoesNotRunOnceTheLeaseIsLost() {
        assertThatThrownBy(() -> this.beans
                        .get(Till.class)
                        .loseAndPay(this.beans.locker())
                        .get())
                .hasCauseInstanceOf(LockLostException.class);

        assertThat(this.shop.runs()).isZero();
    }

    @Test
    void aCallFromAMethodThatEndsSoonerDoesNotShare() {
        assertThatThrownBy(() -> this.beans.get(Till.class).callOther(this.shop))
                .hasRootCauseInstanceOf(LockNotAcquiredException.class);
    }

    @Test
    void interceptorsFurtherInsideKnowWhichCallTheySee() throws Exception {
        this.shop.pay(CompletableFuture.completedFuture("done")).get();

        assertThat(this.beans.get(Counting.class).seen).isEqualTo("pay");
    }

    @Test
    void aFutureWhoseEndCannotBeAwaitedIsCancelled() {
        FutureTask<String> task = new FutureTask<>(() -> "done");

        assertThatThrownBy(() -> this.shop.plain(task).get()).hasRootCauseInstanceOf(IllegalStateException.class);
        assertThat(task).isCancelled();
        assertThat(this.locker.heldKeys()).isEmpty();
    }

    @Test
    void noFutureIsACompletedOne() throws Exception {
        assertThat(this.shop.pay(null).get()).isNull();
        assertThat(this.locker.heldKeys()).isEmpty();
    }

    @Test
    void whatTheAnnotationSaysIsRequested() throws Exception {
        this.shop.pay(CompletableFuture.completedFuture("done")).get();

        assertThat(this.locker.requests)
                .singleElement()
                .extracting(LockRequest::name)
                .hasToString("Optional[FutureCallsTests.Shop.pay]");
    }

    static class Shop {

        private final AtomicInteger runs = new AtomicInteger();

        private volatile String thread;

        int runs() {
            return this.runs.get();
        }

        String thread() {
            return this.thread;
        }

        @DistributedLock(key = "k", waitFor = "5s")
        public CompletableFuture<String> pay(CompletableFuture<String> work) {
            return run(work);
        }

        @DistributedLock(key = "k", whenLost = WhenLost.FAIL)
        public CompletableFuture<String> failing(CompletableFuture<String> work) {
            return run(work);
        }

        @DistributedLock(key = "k", whenLost = WhenLost.REPORT)
        public CompletableFuture<String> reporting(CompletableFuture<String> work) {
            return run(work);
        }

        @DistributedLock(key = "now", waitFor = "0s")
        public CompletableFuture<String> atOnce() {
            return run(CompletableFuture.completedFuture("done"));
        }

        @DistributedLock(key = "now", waitFor = "0s", whenBusy = WhenBusy.SKIP)
        public CompletionStage<String> skipping() {
            return run(CompletableFuture.completedFuture("done"));
        }

        @DistributedLock(key = "now", waitFor = "0s", fallback = "answerLater")
        public CompletableFuture<String> later(int id) {
            return run(CompletableFuture.completedFuture("done"));
        }

        private CompletableFuture<String> answerLater(int id) {
            return CompletableFuture.completedFuture("later " + id);
        }

        @DistributedLock("k")
        public CompletableFuture<String> throwing() {
            throw new IllegalStateException("before");
        }

        @DistributedLock("k")
        public Future<String> plain(Future<String> task) {
            return task;
        }

        private CompletableFuture<String> run(CompletableFuture<String> work) {
            Leases.requireHeld(Leases.current().orElseThrow().key());
            this.thread = Thread.currentThread().getName();
            this.runs.incrementAndGet();
            return work;
        }
    }

    static class Till {

        private final Shop shop;

        Till(Shop shop) {
            this.shop = shop;
        }

        @DistributedLock("k")
        public CompletableFuture<String> payAndForget(CompletableFuture<String> work) {
            assertThat(this.shop.pay(work)).isNotDone();
            return CompletableFuture.completedFuture("gone");
        }

        @DistributedLock(key = "k", whenLost = WhenLost.REPORT)
        public CompletableFuture<String> loseAndPay(MapLocker locker) {
            locker.lose("k");
            return this.shop.pay(CompletableFuture.completedFuture("done"));
        }

        @DistributedLock("now")
        public String callOther(Shop shop) throws Exception {
            return shop.atOnce().get();
        }
    }

    /** Like any aspect of an application, without an order, so inside of the lock. */
    @Aspect
    static class Counting {

        volatile String seen;

        @Before("execution(* io.distlock.aspect.FutureCallsTests.Shop.pay(..))")
        public void see(JoinPoint point) {
            this.seen = point.getSignature().getName();
        }
    }
}
