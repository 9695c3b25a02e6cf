package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.Leases;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.WhenLost;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.aspectj.lang.JoinPoint;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

@Timeout(20)
class PublisherCallTests {

    private static final Duration LONG = Duration.ofSeconds(10);

    private final LockedBeans beans = new LockedBeans(Shop.class, Till.class, Counting.class);

    private final Shop shop = this.beans.get(Shop.class);

    private final MapLocker locker = this.beans.locker();

    @AfterEach
    void close() {
        this.beans.close();
    }

    @Test
    void nothingHappensBeforeSomebodySubscribes() {
        this.shop.mono(Mono.just("done"));

        assertThat(this.shop.runs()).isZero();
        assertThat(this.locker.requests).isEmpty();
    }

    @Test
    void theLockIsHeldUntilTheMonoEnds() {
        Sinks.One<String> work = Sinks.one();
        CompletableFuture<String> result = this.shop.mono(work.asMono()).toFuture();
        await().until(() -> this.shop.runs() == 1);
        assertThat(this.locker.heldKeys()).containsExactly("k");

        work.tryEmitValue("done");

        assertThat(result.join()).isEqualTo("done");
        assertThat(this.locker.heldKeys()).isEmpty();
        assertThat(this.locker.released).hasSize(1);
    }

    @Test
    void theLockIsHeldUntilTheFluxEnds() {
        Sinks.Many<String> work = Sinks.many().unicast().onBackpressureBuffer();
        CompletableFuture<List<String>> result =
                this.shop.flux(work.asFlux()).collectList().toFuture();
        await().until(() -> this.shop.runs() == 1);

        work.tryEmitNext("a");
        work.tryEmitNext("b");
        assertThat(this.locker.heldKeys()).containsExactly("k");
        work.tryEmitComplete();

        assertThat(result.join()).containsExactly("a", "b");
        assertThat(this.locker.heldKeys()).isEmpty();
        assertThat(this.locker.released).hasSize(1);
    }

    @Test
    void anEmptyMonoStaysEmpty() {
        assertThat(this.shop.mono(Mono.empty()).blockOptional(LONG)).isEmpty();
        assertThat(this.locker.released).hasSize(1);
    }

    @Test
    void anErrorGivesTheLockBackAndComesThroughAsItIs() {
        assertThatThrownBy(() ->
                        this.shop.mono(Mono.error(new IOException("disk"))).block(LONG))
                .hasRootCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> this.shop.throwing().block(LONG)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(this.locker.heldKeys()).isEmpty();
        assertThat(this.locker.released).hasSize(2);
    }

    @Test
    void cancellingGivesTheLockBack() {
        Disposable subscription = this.shop.mono(Mono.never()).subscribe();
        await().until(() -> this.shop.runs() == 1);

        subscription.dispose();

        await().untilAsserted(() -> assertThat(this.locker.released).hasSize(1));
    }

    @Test
    void cancellingLeavesTheLine() {
        this.locker.takeElsewhere("k");
        Disposable subscription = this.shop.mono(Mono.never()).subscribe();

        subscription.dispose();

        assertThat(this.locker.asked)
                .singleElement()
                .satisfies(asked -> assertThat(asked).isCancelled());
    }

    @Test
    void aLeaseGrantedToACancelledSubscriptionIsGivenBack() {
        Lease elsewhere = this.locker.takeElsewhere("k");
        Disposable subscription = this.shop.mono(Mono.never()).subscribe();
        this.locker.deafToCancel = true;

        subscription.dispose();
        elsewhere.release();

        await().untilAsserted(() -> assertThat(this.locker.heldKeys()).isEmpty());
        assertThat(this.shop.runs()).isZero();
    }

    @Test
    void takingWhatIsWantedGivesTheLockBack() {
        assertThat(this.shop.flux(Flux.just("a", "b", "c")).next().block(LONG)).isEqualTo("a");

        await().untilAsserted(() -> assertThat(this.locker.released).hasSize(1));
    }

    @Test
    void subscribingTwiceLocksTwice() {
        Mono<String> mono = this.shop.mono(Mono.just("done"));

        mono.block(LONG);
        mono.block(LONG);

        assertThat(this.locker.requests).hasSize(2);
        assertThat(this.locker.released).hasSize(2);
        assertThat(this.shop.runs()).isEqualTo(2);
    }

    @Test
    void interceptorsFurtherInsideSeeEverySubscription() {
        Mono<String> mono = this.shop.mono(Mono.just("done"));

        mono.block(LONG);
        mono.block(LONG);

        assertThat(this.beans.get(Counting.class).seen).containsExactly("mono", "mono");
    }

    @Test
    void anEventLoopDoesNotWaitForTheLock() {
        Lease elsewhere = this.locker.takeElsewhere("k");

        CompletableFuture<String> result = this.shop
                .mono(Mono.just("done"))
                .subscribeOn(Schedulers.parallel())
                .toFuture();
        await().until(() -> this.locker.requests.size() == 1);
        CompletableFuture<String> other =
                Mono.just("other").subscribeOn(Schedulers.parallel()).toFuture();
        assertThat(other.join()).isEqualTo("other");
        elsewhere.release();

        assertThat(result.join()).isEqualTo("done");
        assertThat(this.shop.thread()).startsWith("boundedElastic");
    }

    @Test
    void aBusyLockIsAnError() {
        this.locker.takeElsewhere("now");

        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.shop.atOnce(false).block(LONG));
        assertThat(this.shop.runs()).isZero();
    }

    @Test
    void aBusyLockCanBeSkippedOrAnsweredOtherwise() {
        this.locker.takeElsewhere("now");

        assertThat(this.shop.skipping().blockOptional(LONG)).isEmpty();
        assertThat(this.shop.skippingFlux().collectList().block(LONG)).isEmpty();
        assertThat(this.shop.later(42).block(LONG)).isEqualTo("later 42");
    }

    @Test
    void theRefusalOfAnotherLockInTheWorkIsNotOurs() {
        this.locker.takeElsewhere("other");

        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.shop.failing(this.locker).block(LONG));
    }

    @Test
    void theConditionIsAskedBySubscription() {
        this.locker.takeElsewhere("now");

        assertThat(this.shop.atOnce(true).block(LONG)).isEqualTo("done");
    }

    @Test
    void aLossCancelsTheWorkAndIsAnError() {
        AtomicInteger subscribed = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        CompletableFuture<String> result = this.shop
                .mono(Mono.<String>never()
                        .doOnSubscribe(subscription -> subscribed.incrementAndGet())
                        .doOnCancel(cancelled::incrementAndGet))
                .toFuture();
        await().until(() -> subscribed.get() == 1);

        this.locker.lose("k");

        assertThatThrownBy(result::join).hasCauseInstanceOf(LockLostException.class);
        await().untilAsserted(() -> assertThat(cancelled).hasValue(1));
    }

    @Test
    void aLossIsAnErrorOnlyAtTheEndWhereThatIsAskedFor() {
        Sinks.One<String> work = Sinks.one();
        CompletableFuture<String> result = this.shop.patient(work.asMono()).toFuture();
        await().until(() -> this.shop.runs() == 1);

        this.locker.lose("k");
        assertThat(result).isNotDone();
        work.tryEmitValue("done");

        assertThatThrownBy(result::join).hasCauseInstanceOf(LockLostException.class);
    }

    @Test
    void aResultThatComesInDoubtAsksTheStoreOnAThreadThatMayWait() {
        Sinks.One<String> work = Sinks.one();
        CompletableFuture<String> result = this.shop.patient(work.asMono()).toFuture();
        await().until(() -> this.shop.runs() == 1);

        this.locker.doubt("k");
        work.tryEmitValue("done");

        assertThat(result.join()).isEqualTo("done");
        assertThat(this.locker.askedHowLong).singleElement().asString().startsWith("boundedElastic");
    }

    @Test
    void theWorksOwnErrorWinsOverALoss() {
        Sinks.One<String> work = Sinks.one();
        CompletableFuture<String> result = this.shop.patient(work.asMono()).toFuture();
        await().until(() -> this.shop.runs() == 1);

        this.locker.lose("k");
        work.tryEmitError(new IOException("disk"));

        assertThatThrownBy(result::join)
                .cause()
                .isInstanceOf(IOException.class)
                .satisfies(own ->
                        assertThat(own.getSuppressed()).hasSize(1).hasOnlyElementsOfType(LockLostException.class));
    }

    @Test
    void aLossThatIsOnlyReportedLeavesTheResult() {
        Sinks.One<String> work = Sinks.one();
        CompletableFuture<String> result = this.shop.reporting(work.asMono()).toFuture();
        await().until(() -> this.shop.runs() == 1);

        this.locker.lose("k");
        work.tryEmitValue("done");

        assertThat(result.join()).isEqualTo("done");
    }

    @Test
    void theSameKeyInsideGoesThroughWithTheSameLease() {
        assertThat(this.beans.get(Till.class).payTwice().block(LONG)).isEqualTo("done");

        assertThat(this.locker.requests).hasSize(1);
        assertThat(this.locker.released).hasSize(1);
    }

    @Test
    void theSameKeyInsideIsNotEnteredOnceTheLeaseIsLost() {
        AtomicInteger runs = new AtomicInteger();
        Flux<String> work = Flux.defer(() -> Flux.just("run " + runs.incrementAndGet()));

        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() ->
                        this.beans.get(Till.class).loseAndPay(this.locker, work).block(LONG));
        assertThat(runs).hasValue(0);
    }

    @Test
    void ofSeveralKeysInsideOnlyThoseNotYetHeldAreTaken() {
        this.beans.get(Till.class).payMore().block(LONG);

        assertThat(this.locker.requests).extracting(LockRequest::keys).containsExactly(Set.of("k"), Set.of("l"));
        assertThat(this.locker.heldKeys()).isEmpty();
    }

    @Test
    void aPublisherOfAnyKindIsLocked() {
        assertThat(Flux.from(this.shop.any()).collectList().block(LONG)).containsExactly("a", "b");
        assertThat(this.locker.released).hasSize(1);
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
        public Mono<String> mono(Mono<String> work) {
            return run(work);
        }

        @DistributedLock("k")
        public Flux<String> flux(Flux<String> work) {
            this.runs.incrementAndGet();
            return work;
        }

        @DistributedLock(key = "k", whenLost = WhenLost.FAIL)
        public Mono<String> patient(Mono<String> work) {
            return run(work);
        }

        @DistributedLock(key = "k", whenLost = WhenLost.REPORT)
        public Mono<String> reporting(Mono<String> work) {
            return run(work);
        }

        @DistributedLock("k")
        public Mono<String> throwing() {
            throw new UnsupportedOperationException();
        }

        @DistributedLock(key = "now", waitFor = "0s", condition = "!#free")
        public Mono<String> atOnce(boolean free) {
            return free ? Mono.just("done") : run(Mono.just("done"));
        }

        @DistributedLock(key = "now", waitFor = "0s", whenBusy = WhenBusy.SKIP)
        public Mono<String> skipping() {
            return run(Mono.just("done"));
        }

        @DistributedLock(key = "now", waitFor = "0s", whenBusy = WhenBusy.SKIP)
        public Flux<String> skippingFlux() {
            return Flux.just("done");
        }

        @DistributedLock(key = "now", waitFor = "0s", fallback = "answerLater")
        public Mono<String> later(int id) {
            return run(Mono.just("done"));
        }

        private Mono<String> answerLater(int id) {
            return Mono.just("later " + id);
        }

        @DistributedLock(key = "now", whenBusy = WhenBusy.SKIP)
        public Mono<String> failing(MapLocker locker) {
            return Mono.fromSupplier(() -> locker.acquire("other").key());
        }

        @DistributedLock("k")
        public Publisher<String> any() {
            return Flux.just("a", "b");
        }

        @DistributedLock("#keys")
        public Mono<Void> all(List<String> keys) {
            return Mono.empty();
        }

        private Mono<String> run(Mono<String> work) {
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
        public Mono<String> payTwice() {
            return Mono.defer(() -> this.shop.flux(Flux.just("done")).next());
        }

        @DistributedLock(key = "k", whenLost = WhenLost.REPORT)
        public Mono<String> loseAndPay(MapLocker locker, Flux<String> work) {
            return Mono.defer(() -> {
                locker.lose("k");
                return this.shop.flux(work).next();
            });
        }

        @DistributedLock("k")
        public Mono<Void> payMore() {
            return Mono.defer(() -> this.shop.all(List.of("k", "l")));
        }
    }

    /** Like any aspect of an application, without an order, so inside of the lock. */
    @Aspect
    static class Counting {

        final List<String> seen = new CopyOnWriteArrayList<>();

        @Before("execution(* io.distlock.aspect.PublisherCallTests.Shop.mono(..))")
        public void see(JoinPoint point) {
            this.seen.add(point.getSignature().getName());
        }
    }
}
