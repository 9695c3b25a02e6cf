package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockNotAcquiredException;
import io.distlock.WhenLost;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenUnavailable;
import io.distlock.aspect.LockTuning;
import io.distlock.aspect.LockTunings;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** {@code distlock.locks}: what operations say of a lock wins over what its annotation says. */
class LocksPropertiesTests {

    private final MapDrivers map = new MapDrivers();

    private final AtomicReference<Duration> waited = new AtomicReference<>();

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(DistlockAutoConfiguration.class, DistributedLockAutoConfiguration.class))
            .withBean(MapDrivers.class, () -> this.map)
            .withBean(LockListener.class, this::listener)
            .withBean(Shop.class)
            .withPropertyValues("distlock.driver=map");

    @Test
    void whatIsWrittenWinsOverTheAnnotation() {
        this.map.tokens.put("distlock:order", "somebody");
        this.context.withPropertyValues("distlock.locks.orders.wait=20ms").run(context -> {
            assertRefused(context.getBean(Shop.class)::pay);

            assertThat(this.waited.get()).isBetween(Duration.ofMillis(15), Duration.ofSeconds(30));
        });
    }

    @Test
    void whatIsNotWrittenIsLeftToTheAnnotation() {
        this.map.tokens.put("distlock:order", "somebody");
        this.context.withPropertyValues("distlock.locks.orders.ttl=20s").run(context -> {
            assertRefused(context.getBean(Shop.class)::pay);

            assertThat(this.waited.get()).isLessThan(Duration.ofSeconds(30));
        });
    }

    @Test
    void aNameWithDotsIsWrittenInBrackets() {
        this.map.tokens.put("distlock:count", "somebody");
        this.context
                .withPropertyValues("distlock.locks.[LocksPropertiesTests.Shop.count].wait=0s")
                .run(context -> {
                    assertRefused(context.getBean(Shop.class)::count);

                    assertThat(this.waited.get()).isLessThan(Duration.ofSeconds(10));
                });
    }

    @Test
    void everythingCanBeWritten() {
        this.context
                .withPropertyValues(
                        "distlock.locks.orders.locker=default",
                        "distlock.locks.orders.ttl=1s",
                        "distlock.locks.orders.wait=2s",
                        "distlock.locks.orders.max-hold=3s",
                        "distlock.locks.orders.hold-at-least=4s",
                        "distlock.locks.orders.auto-renew=false",
                        "distlock.locks.orders.when-lost=report",
                        "distlock.locks.orders.when-unavailable=proceed")
                .run(context -> assertThat(
                                context.getBean(LockTunings.class).byName().get("orders"))
                        .isEqualTo(new LockTuning(
                                "default",
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                false,
                                WhenLost.REPORT,
                                WhenUnavailable.PROCEED)));
    }

    @Test
    void whatIsWrittenOfUnavailabilityCounts() {
        this.map.silent = true;
        this.context
                .withPropertyValues("distlock.startup-check=off", "distlock.locks.orders.when-unavailable=proceed")
                .run(context -> assertThat(context.getBean(Shop.class).pay()).isEqualTo("paid"));
    }

    @Test
    void anUnknownLockerIsAProblem() {
        this.context
                .withPropertyValues("distlock.locks.orders.locker=jbos")
                .run(context -> assertThat(
                                analysisOf(context.getStartupFailure()).getDescription())
                        .contains("Shop.pay(): there is no locker \"jbos\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"distlock.locks.LocksPropertiesTests.Shop.count.ttl", "distlock.locks.orders.tll"})
    void whatNobodyKnowsIsNotPassedOver(String property) {
        this.context.withPropertyValues(property + "=20s").run(context -> {
            FailureAnalysis analysis = new ConfigurationFailureAnalyzer().analyze(context.getStartupFailure());
            assertThat(analysis).isNotNull();
            assertThat(analysis.getDescription()).containsIgnoringCase("does not know '" + property + "'");
            assertThat(analysis.getAction()).contains("hold-at-least", "\"[OrderService.pay]\"");
        });
    }

    @Test
    void anEntryThatNoLockUsesIsAProblem() {
        this.context.withPropertyValues("distlock.locks.ordres.ttl=20s").run(context -> {
            FailureAnalysis analysis = analysisOf(context.getStartupFailure());
            assertThat(analysis.getDescription())
                    .contains("'distlock.locks' has an entry for '", "', and no @DistributedLock has that name");
            assertThat(analysis.getAction())
                    .contains("(LocksPropertiesTests.Shop.count, orders)", "\"[OrderService.pay]\"");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "distlock.locks.orders.ttl, 9ms, too short",
        "distlock.locks.orders.wait, -1s, negative",
        "distlock.locks.orders.max-hold, 0s, too short",
        "distlock.locks.orders.hold-at-least, -1s, negative",
        "distlock.locks.orders.locker, ' ', blank",
        "'distlock.locks.[Order.pay].ttl', 9ms, too short"
    })
    void whatCannotWorkIsRefusedWithFactAndRemedy(String property, String value, String fact) {
        this.context.withPropertyValues(property + "=" + value).run(context -> {
            FailureAnalysis analysis = new ConfigurationFailureAnalyzer().analyze(context.getStartupFailure());
            assertThat(analysis).isNotNull();
            assertThat(analysis.getDescription()).contains("'" + property + "'", fact);
            assertThat(analysis.getAction()).contains("Set '" + property + "' to");
        });
    }

    @Test
    void aTtlThatTheLockerDoesNotAllowIsAProblem() {
        this.context
                .withPropertyValues("distlock.locks.orders.ttl=25h")
                .run(context -> assertThat(
                                analysisOf(context.getStartupFailure()).getDescription())
                        .contains("Shop.pay(): ttl PT25H is longer than its locker allows"));
    }

    @Test
    void aTtlThatTheNamedLockerAllowsIsFine() {
        this.context
                .withPropertyValues(
                        "distlock.lockers.long.max-ttl=48h",
                        "distlock.lockers.long.driver=map",
                        "distlock.locks.orders.locker=long",
                        "distlock.locks.orders.ttl=25h")
                .run(context -> assertThat(context.getBean(Shop.class).pay()).isEqualTo("paid"));
    }

    @Test
    void theLockerThatIsWrittenIsAsked() {
        this.map.tokens.put("distlock:order", "somebody");
        this.context
                .withPropertyValues(
                        "distlock.lockers.other.driver=map",
                        "distlock.lockers.other.prefix=other:",
                        "distlock.locks.orders.locker=other")
                .run(context -> assertThat(context.getBean(Shop.class).pay()).isEqualTo("paid"));
    }

    private static FailureAnalysis analysisOf(Throwable failure) {
        FailureAnalysis analysis = new AnnotationFailureAnalyzer().analyze(failure);
        assertThat(analysis).isNotNull();
        return analysis;
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(call);
    }

    private LockListener listener() {
        return new LockListener() {
            @Override
            public void onRefused(LockEvent event, LockNotAcquiredException.Reason reason) {
                LocksPropertiesTests.this.waited.set(event.waited());
            }
        };
    }

    static class Shop {

        @DistributedLock(key = "order", name = "orders", waitFor = "0s")
        String pay() {
            return "paid";
        }

        @DistributedLock(key = "count", waitFor = "60s")
        void count() {}
    }
}
