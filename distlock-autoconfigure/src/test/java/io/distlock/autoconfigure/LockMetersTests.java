package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.RenewalRound;
import io.distlock.TokenGenerator;
import io.distlock.WatchedLocker;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenUnavailable;
import io.distlock.memory.MemoryLockDriverAutoConfiguration;
import io.distlock.observe.DefaultLockObservationConvention;
import io.distlock.observe.LockMeters;
import io.distlock.observe.LockObservationContext;
import io.distlock.observe.LockObservationContext.Phase;
import io.distlock.observe.LockObservationConvention;
import io.distlock.observe.LockObservations;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What Micrometer is told of locks. */
class LockMetersTests {

    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DistlockAutoConfiguration.class,
                    DistributedLockAutoConfiguration.class,
                    MemoryLockDriverAutoConfiguration.class,
                    LockMetersAutoConfiguration.class,
                    LockObservationsAutoConfiguration.class))
            .withPropertyValues("distlock.driver=memory");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private final ApplicationContextRunner measured = this.bare.withBean(MeterRegistry.class, () -> this.meters);

    @Test
    void anAnnotatedMethodIsMeasuredAtZeroBeforeItsFirstCall() {
        this.measured.withBean(Shop.class).run(context -> {
            assertThat(outcomes("LockMetersTests.Shop.pay", "acquired")).isZero();
            assertThat(outcomes("LockMetersTests.Shop.pay", "lost")).isZero();
            assertThat(outcomes("orders", "unlocked")).isZero();
            assertThat(this.meters
                            .get("distlock.held")
                            .tag("name", "orders")
                            .gauge()
                            .value())
                    .isZero();
            assertThat(this.meters.find("distlock.wait").tag("name", "orders").timers())
                    .hasSize(7)
                    .allMatch(timer -> timer.count() == 0);
        });
    }

    @Test
    void whoIsShedIsCounted() {
        this.measured.withPropertyValues("distlock.max-waiters=1").run(context -> {
            Locker locker = context.getBean(Locker.class);
            LockRequest request = LockRequest.of("order:42").name("orders");
            try (Lease lease = locker.acquire(request)) {
                CompletableFuture<Lease> pending = locker.acquireAsync(request);
                assertThat(locker.tryAcquire(request)).isEmpty();
                assertThat(locker.acquireAsync(request)).failsWithin(Duration.ofSeconds(10));
                assertThat(outcomes("orders", "shed")).isEqualTo(2);
                assertThat(outcomes("orders", "busy")).isZero();
                assertThat(lease.isHeld()).isTrue();
                pending.cancel(true);
            }
        });
    }

    @Test
    void waitsHoldsAndOutcomesAreMeasuredByNameAndNeverByKey() {
        this.measured.run(context -> {
            Locker locker = context.getBean(Locker.class);
            LockRequest request = LockRequest.of("order:secret").name("orders");
            context.getBean(MeterBinder.class).bindTo(this.meters);
            Lease lease = locker.acquire(request);
            assertThat(gauge("distlock.held")).isOne();
            assertThat(this.meters.get("distlock.renewing").gauge().value()).isOne();
            CompletableFuture<Lease> pending = locker.acquireAsync(request);
            assertThat(gauge("distlock.waiting")).isOne();
            assertThatExceptionOfType(LockNotAcquiredException.class)
                    .isThrownBy(() -> locker.acquire(request.waitFor(Duration.ZERO)));
            lease.close();
            pending.join().close();
            CompletableFuture<Lease> given = locker.acquireAsync(request);
            given.join();

            assertThat(gauge("distlock.waiting")).isZero();
            assertThat(gauge("distlock.held")).isOne();
            WatchedLocker watched = (WatchedLocker) locker;
            watched.free(
                    "order:secret",
                    watched.inspect("order:secret").orElseThrow().token());
            await().untilAsserted(() -> assertThat(outcomes("orders", "lost")).isOne());
            given.join().close();

            assertThat(gauge("distlock.held")).isZero();
            assertThat(outcomes("orders", "acquired")).isEqualTo(3);
            assertThat(outcomes("orders", "busy")).isOne();
            assertThat(this.meters
                            .get("distlock.wait")
                            .tag("outcome", "acquired")
                            .timer()
                            .count())
                    .isEqualTo(3);
            assertThat(this.meters
                            .get("distlock.hold")
                            .tag("outcome", "released")
                            .timer()
                            .count())
                    .isEqualTo(2);
            assertThat(this.meters.getMeters())
                    .extracting(Meter::getId)
                    .allSatisfy(id -> assertThat(id.getTags())
                            .extracting(Tag::getValue)
                            .noneMatch(value -> value.contains("secret")));
        });
    }

    @Test
    void waitsAndHoldsAreMeasuredForAsLongAsTheyLast() {
        this.measured.run(context -> {
            Locker locker = context.getBean(Locker.class);
            LockRequest request = LockRequest.of("order:42").name("orders");
            long start = System.nanoTime();
            Lease held = locker.acquire(request);
            CompletableFuture<Lease> waiting = locker.acquireAsync(request);
            assertThat(locker.tryAcquire(request.waitFor(Duration.ofMillis(40))))
                    .isEmpty();
            held.close();
            waiting.join().close();
            double all = (System.nanoTime() - start) / 1e6;
            assertThat(total("distlock.wait", "busy")).isBetween(40.0, all);
            assertThat(total("distlock.wait", "acquired"))
                    .as("that of the one who waited meanwhile")
                    .isBetween(40.0, all);
            assertThat(total("distlock.hold", "released")).isBetween(40.0, 2 * all);
            assertThat(total("distlock.hold", "expired")).isZero();
        });
    }

    @Test
    void anAdoptionLeavesNobodyWaiting() {
        this.measured.run(context -> {
            Locker locker = context.getBean(Locker.class);
            Lease first = locker.acquire("order:42");
            Lease adopted = locker.adopt("order:42", first.token(), Duration.ofSeconds(30))
                    .orElseThrow();
            assertThat(this.meters.get("distlock.waiting").gauge().value()).isZero();
            assertThat(locker.adopt("order:42", "another's", Duration.ofSeconds(30)))
                    .isEmpty();
            assertThat(this.meters.get("distlock.waiting").gauge().value()).isZero();
            adopted.close();
            first.close();
        });
    }

    @Test
    void aTokenThatCannotBeMadeLeavesNobodyWaitingAndNothingObserved() {
        Seen seen = new Seen();
        this.measured
                .withBean(ObservationRegistry.class, seen::registry)
                .withBean(TokenGenerator.class, () -> key -> {
                    throw new IllegalStateException("no entropy");
                })
                .run(context -> {
                    assertThatIllegalStateException()
                            .isThrownBy(() -> context.getBean(Locker.class).acquire("order:42"))
                            .withMessage("no entropy");
                    assertThat(this.meters.get("distlock.waiting").gauge().value())
                            .isZero();
                    assertThat(outcomes("default", "cancelled")).isOne();
                    assertThat(seen.stopped)
                            .singleElement()
                            .extracting(one -> one.getLowCardinalityKeyValue("distlock.outcome")
                                    .getValue())
                            .isEqualTo("cancelled");
                });
    }

    @Test
    void eachLockerIsMeasuredUnderItsName() {
        this.measured.withPropertyValues("distlock.lockers.jobs.ttl=300ms").run(context -> {
            context.getBean(MeterBinder.class).bindTo(this.meters);
            Locker jobs = context.getBean(Lockers.class).get("jobs");
            try (Lease lease = jobs.acquire(LockRequest.of("nightly").name("nightly"))) {
                assertThat(ofLocker("distlock.held", "jobs").gauge().value()).isOne();
                assertThat(ofLocker("distlock.renewing", "jobs").gauge().value())
                        .isOne();
                assertThat(ofLocker("distlock.renewing", "default").gauge().value())
                        .isZero();
                await().until(() -> this.meters
                                .find("distlock.renewals")
                                .tag("locker", "jobs")
                                .counter()
                        != null);
                assertThat(ofLocker("distlock.renewals", "jobs").counter().count())
                        .isPositive();
                assertThat(lease.isHeld()).isTrue();
            }
            assertThat(ofLocker("distlock.outcomes", "jobs")
                            .tag("outcome", "acquired")
                            .counter()
                            .count())
                    .isOne();
            assertThat(this.meters
                            .find("distlock.held")
                            .tag("locker", "default")
                            .gauges())
                    .isEmpty();
        });
    }

    @Test
    void renewalsThatAreLateSayByHowMuch() {
        LockMeters told = new LockMeters(this.meters);
        told.onRenewals(new RenewalRound("default", 3, Duration.ofMillis(70)));
        told.onRenewals(new RenewalRound("default", 2, Duration.ofMillis(30)));
        assertThat(ofLocker("distlock.renewals", "default").counter().count()).isEqualTo(5);
        Timer lag = ofLocker("distlock.renewal.lag", "default").timer();
        assertThat(lag.count()).isEqualTo(2);
        assertThat(lag.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(100);
        assertThat(lag.max(TimeUnit.MILLISECONDS)).isEqualTo(70);
    }

    private RequiredSearch ofLocker(String meter, String locker) {
        return this.meters.get(meter).tag("locker", locker);
    }

    private double total(String timer, String outcome) {
        return this.meters
                .get(timer)
                .tag("name", "orders")
                .tag("outcome", outcome)
                .timer()
                .totalTime(TimeUnit.MILLISECONDS);
    }

    @Test
    void renewalsAreMeasuredByLocker() {
        this.measured.withPropertyValues("distlock.ttl=300ms").run(context -> {
            try (Lease lease = context.getBean(Locker.class).acquire("order:42")) {
                await().until(() -> this.meters
                                .find("distlock.renewal.lag")
                                .tag("locker", "default")
                                .timer()
                        != null);
                assertThat(lease.isHeld()).isTrue();
            }
            assertThat(this.meters.get("distlock.renewals").counter().count()).isPositive();
            assertThat(ofLocker("distlock.renewal.lag", "default").timer().max(TimeUnit.MILLISECONDS))
                    .as("less than was left of the ttl, since the lease is held")
                    .isBetween(0.0, 300.0);
        });
    }

    @Test
    void workWithoutItsLockIsCounted() {
        MapDrivers map = new MapDrivers();
        this.measured
                .withBean(Shop.class)
                .withBean(MapDrivers.class, () -> map)
                .withPropertyValues("distlock.driver=map")
                .run(context -> {
                    map.silent = true;
                    assertThat(context.getBean(Shop.class).browse()).isEqualTo("seen");
                    assertThat(outcomes("orders", "unavailable")).isOne();
                    assertThat(outcomes("orders", "unlocked")).isOne();
                    assertThat(gauge("distlock.waiting")).isZero();
                });
    }

    @Test
    void acquisitionsAndHoldsAreObservedAsChildrenOfTheCall() {
        Seen seen = new Seen();
        this.bare.withBean(ObservationRegistry.class, seen::registry).run(context -> {
            Locker locker = context.getBean(Locker.class);
            Observation call = Observation.start("call", context.getBean(ObservationRegistry.class));
            call.scoped(() -> locker.run(LockRequest.of("order:42").name("orders"), lease -> {}));
            call.stop();

            assertThat(seen.stopped).hasSize(3);
            LockObservationContext acquire = (LockObservationContext) seen.stopped.get(0);
            LockObservationContext hold = (LockObservationContext) seen.stopped.get(1);
            assertThat(acquire.getName()).isEqualTo("distlock.lock.acquire");
            assertThat(acquire.getContextualName()).isEqualTo("acquire orders");
            assertThat(acquire.getLowCardinalityKeyValue("distlock.outcome").getValue())
                    .isEqualTo("acquired");
            assertThat(hold.getName()).isEqualTo("distlock.lock.hold");
            assertThat(hold.getLowCardinalityKeyValue("distlock.outcome").getValue())
                    .isEqualTo("released");
            assertThat(hold.getHighCardinalityKeyValue("distlock.key").getValue())
                    .isEqualTo("order:42");
            assertThat(List.of(acquire, hold))
                    .allSatisfy(one ->
                            assertThat(one.getParentObservation()).isNotNull().isEqualTo(call));
        });
    }

    @Test
    void aRefusedAcquisitionIsObservedWithoutAHold() {
        Seen seen = new Seen();
        this.bare.withBean(ObservationRegistry.class, seen::registry).run(context -> {
            Locker locker = context.getBean(Locker.class);
            try (Lease lease = locker.acquire("order:42")) {
                assertThat(locker.tryAcquire(LockRequest.of("order:42").waitFor(Duration.ZERO)))
                        .isEmpty();
                assertThat(lease.isHeld()).isTrue();
            }
            assertThat(seen.stopped)
                    .extracting(one ->
                            one.getLowCardinalityKeyValue("distlock.outcome").getValue())
                    .containsExactly("acquired", "busy", "released");
        });
    }

    @Test
    void aConventionOfTheApplicationIsUsedInstead() {
        Seen seen = new Seen();
        LockObservationConvention own = new DefaultLockObservationConvention(Phase.HOLD) {
            @Override
            public String getName() {
                return "shop.locked";
            }
        };
        this.bare
                .withBean(ObservationRegistry.class, seen::registry)
                .withBean(LockObservationConvention.class, () -> own)
                .run(context -> {
                    context.getBean(Locker.class).run("order:42", lease -> {});
                    assertThat(seen.stopped)
                            .extracting(Observation.Context::getName)
                            .containsExactly("distlock.lock.acquire", "shop.locked");
                });
    }

    @Test
    void withoutMicrometerThereIsNothingToTell() {
        this.bare
                .withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(LockMeters.class)
                        .doesNotHaveBean(LockObservations.class));
    }

    @Test
    void withoutARegistryThereIsNobodyToTell() {
        this.bare.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(LockMeters.class)
                .doesNotHaveBean(LockObservations.class));
    }

    private double outcomes(String name, String outcome) {
        return this.meters
                .get("distlock.outcomes")
                .tag("name", name)
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private double gauge(String meter) {
        return this.meters.get(meter).tag("name", "orders").gauge().value();
    }

    static class Shop {

        @DistributedLock("shop")
        public void pay() {}

        @DistributedLock(key = "shop", name = "orders", whenUnavailable = WhenUnavailable.PROCEED)
        public String browse() {
            return "seen";
        }
    }

    private static final class Seen implements ObservationHandler<Observation.Context> {

        private final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();

        ObservationRegistry registry() {
            ObservationRegistry registry = ObservationRegistry.create();
            registry.observationConfig().observationHandler(this);
            return registry;
        }

        @Override
        public void onStop(Observation.Context context) {
            this.stopped.add(context);
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }
}
