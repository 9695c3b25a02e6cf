package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.RetryStrategy;
import io.distlock.annotation.DistributedLock;
import io.distlock.core.LockerSettings;
import io.distlock.core.Retry;
import io.distlock.driver.DriverSettings;
import io.distlock.memory.MemoryLockDriverAutoConfiguration;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.Mockito;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.support.SpringFactoriesLoader;

@ExtendWith(OutputCaptureExtension.class)
class NamedLockersTests {

    private static final LockRequest TRY = LockRequest.of("k").waitFor(Duration.ZERO);

    private final MapDrivers map = new MapDrivers();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DistlockAutoConfiguration.class,
                    DistributedLockAutoConfiguration.class,
                    MemoryLockDriverAutoConfiguration.class))
            .withBean(MapDrivers.class, () -> this.map)
            .withPropertyValues(
                    "distlock.driver=map",
                    "distlock.ttl=7s",
                    "distlock.shutdown-grace=0s",
                    "distlock.lockers.jobs.ttl=3s",
                    "distlock.lockers.jobs.prefix=jobs:",
                    "distlock.lockers.jobs.connection-factory=locks",
                    "distlock.lockers.local.driver=memory",
                    "distlock.lockers.local.metadata.team=shop");

    @Test
    void eachIsAQualifiedBeanAndTheDefaultOneIsMeantWhereNoneIsNamed() {
        this.application.withUserConfiguration(Injected.class).run(context -> {
            Injected injected = context.getBean(Injected.class);
            Lockers lockers = context.getBean(Lockers.class);
            assertThat(lockers.names()).containsExactly("default", "jobs", "local");
            assertThat(lockers.get("default")).isSameAs(injected.unnamed).isSameAs(context.getBean(Locker.class));
            assertThat(lockers.get("jobs")).isSameAs(injected.jobs).isNotSameAs(injected.unnamed);
            assertThat(lockers.get("local")).isSameAs(injected.local);
            assertThat(injected.maker.jobs).isSameAs(injected.jobs);
        });
    }

    @Test
    void aPrefixIsAppliedOnceAndReplacesTheOuterOne() {
        this.application.run(context -> {
            Lockers lockers = context.getBean(Lockers.class);
            lockers.get("jobs").acquire("k");
            lockers.get("default").acquire("k");
            assertThat(this.map.tokens).containsOnlyKeys("jobs:k", "distlock:k");
        });
    }

    @Test
    void whatAnEntryDoesNotSayComesFromAbove() {
        this.application.run(context -> assertThat(this.map.made)
                .extracting(
                        DriverSettings::locker,
                        DriverSettings::prefix,
                        DriverSettings::recordRetention,
                        settings -> settings.connectionFactory().orElse("-"))
                .containsExactlyInAnyOrder(
                        tuple("default", "distlock:", Duration.ofHours(1), "-"),
                        tuple("jobs", "jobs:", Duration.ofHours(1), "locks")));
    }

    @Test
    void eachHasItsOwnDriverSettingsAndInstance() {
        this.application.run(context -> {
            Locker local = context.getBean(Lockers.class).get("local");
            try (Lease lease = local.acquire("k")) {
                assertThat(lease.ttl().orElseThrow()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7));
                LockState state = local.inspect("k").orElseThrow();
                assertThat(state.metadata()).containsEntry("team", "shop");
                assertThat(this.map.tokens).isEmpty();
            }
            assertThat(this.map.made).extracting(DriverSettings::instance).doesNotHaveDuplicates();
        });
    }

    @Test
    void eachWaitsRenewsAndAsksAgainAsItsEntrySays() {
        LockerTerms base = new Binder(new MapConfigurationPropertySource(
                        Map.of("distlock.retry.min", "20ms", "distlock.retry.limit", "7", "distlock.wait", "4s")))
                .bindOrCreate("distlock", DistlockProperties.class)
                .terms();
        LockersProperties entries = new Binder(new MapConfigurationPropertySource(Map.of(
                        "distlock.lockers.nightly.wait", "0s",
                        "distlock.lockers.nightly.auto-renew", "false",
                        "distlock.lockers.steady.retry-interval", "30ms",
                        "distlock.lockers.growing.retry.strategy", "linear",
                        "distlock.lockers.growing.retry.max", "90ms",
                        "distlock.lockers.growing.wait", "9s")))
                .bindOrCreate("distlock", LockersProperties.class);
        LockerSettings nightly = entries.terms("nightly", base).lockerSettings();
        LockerSettings steady = entries.terms("steady", base).lockerSettings();
        LockerSettings growing = entries.terms("growing", base).lockerSettings();
        assertThat(nightly.waitFor()).isZero();
        assertThat(nightly.autoRenew()).isFalse();
        assertThat(nightly.retry()).isEqualTo(base.retry());
        assertThat(steady.waitFor()).isEqualTo(Duration.ofSeconds(4));
        assertThat(steady.autoRenew()).isTrue();
        assertThat(steady.retry())
                .isEqualTo(new Retry(Retry.Strategy.CONSTANT, Duration.ofMillis(30), Duration.ofMillis(30), 0.2, 7));
        assertThat(growing.waitFor()).isEqualTo(Duration.ofSeconds(9));
        assertThat(growing.retry())
                .isEqualTo(new Retry(Retry.Strategy.LINEAR, Duration.ofMillis(20), Duration.ofMillis(90), 0.2, 7));
    }

    @Test
    void eachIsMadeWithTheTermsOfItsEntry() {
        this.application
                .withPropertyValues(
                        "distlock.lockers.jobs.wait=0s",
                        "distlock.lockers.local.auto-renew=false",
                        "distlock.lockers.local.ttl=200ms")
                .run(context -> {
                    Lockers lockers = context.getBean(Lockers.class);
                    lockers.get("jobs").acquire("k");
                    long start = System.nanoTime();
                    assertThat(lockers.get("jobs").tryAcquire(LockRequest.of("k")))
                            .isEmpty();
                    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
                    Lease unrenewed = lockers.get("local").acquire("k");
                    await().until(() -> !unrenewed.isHeld());
                    assertThat(lockers.get("local").tryAcquire(TRY)).isPresent();
                });
    }

    @Test
    void aRetryStrategyOfTheApplicationDecidesWhereNoEntryDoes() {
        Queue<Integer> asked = new ConcurrentLinkedQueue<>();
        RetryStrategy twice = questions -> {
            asked.add(questions);
            return questions > 2 ? Optional.empty() : Optional.of(Duration.ofMillis(1));
        };
        this.application
                .withBean(RetryStrategy.class, () -> twice)
                .withPropertyValues("distlock.retry.limit=9", "distlock.lockers.jobs.retry.limit=1")
                .run(context -> {
                    Lockers lockers = context.getBean(Lockers.class);
                    LockRequest patient = LockRequest.of("k").waitFor(Duration.ofMinutes(1));
                    this.map.tokens.put("distlock:k", "somebody else's");
                    this.map.tokens.put("jobs:k", "somebody else's");
                    assertThat(lockers.get("default").tryAcquire(patient)).isEmpty();
                    assertThat(lockers.get("default").tryAcquire(patient)).isEmpty();
                    assertThat(asked).containsExactly(1, 2, 3, 1, 2, 3);
                    assertThat(lockers.get("jobs").tryAcquire(patient)).isEmpty();
                    assertThat(asked).hasSize(6);
                });
    }

    @Test
    void aMisspeltQualifierIsAnsweredWithThoseThereAre() {
        List<BeanFactory> beans = new ArrayList<>();
        ApplicationContextRunner misspelt = this.application
                .withInitializer(context -> beans.add(context.getBeanFactory()))
                .withUserConfiguration(Misspelt.class);
        misspelt.run(context -> {
            assertThat(context).hasFailed();
            FailureAnalysis analysis = new LockerFailureAnalyzer(beans.get(0)).analyze(context.getStartupFailure());
            assertThat(analysis).isNotNull();
            assertThat(analysis.getDescription())
                    .isEqualTo("Misspelt asks for a locker named 'jbos', and there is none of that name.");
            assertThat(analysis.getAction())
                    .startsWith("Ask for one that is there: jobs, local, locker.")
                    .contains("'distlock.lockers'");
        });
    }

    @Test
    void theAnalysisIsRegisteredAndLeavesOtherBeansToOthers() {
        assertThat(SpringFactoriesLoader.forDefaultResourceLocation()
                        .load(
                                FailureAnalyzer.class,
                                SpringFactoriesLoader.ArgumentResolver.of(
                                        BeanFactory.class, new DefaultListableBeanFactory()),
                                SpringFactoriesLoader.FailureHandler.logging(LogFactory.getLog(getClass()))))
                .hasAtLeastOneElementOfType(LockerFailureAnalyzer.class);
        assertThat(new LockerFailureAnalyzer(new DefaultListableBeanFactory())
                        .analyze(new NoSuchBeanDefinitionException(String.class)))
                .isNull();
    }

    @Test
    void anAnnotationCanNameOne() {
        this.application.withUserConfiguration(Shop.class).run(context -> {
            assertThat(context.getBean(Shop.class).work(this.map)).isEqualTo("[jobs:k]");
        });
    }

    @Test
    void anUnknownNameIsAnsweredWithThoseThereAre() {
        this.application.run(context -> assertThatIllegalArgumentException()
                .isThrownBy(() -> context.getBean(Lockers.class).get("job"))
                .withMessage("There is no locker 'job'; there is default, jobs, local"));
    }

    @Test
    void anUnknownDriverFailsAtStartAndIsAnsweredWithThoseThereAre() {
        this.application.withPropertyValues("distlock.lockers.jobs.driver=etcd").run(context -> {
            FailureAnalysis analysis = analysis(context);
            assertThat(analysis.getDescription())
                    .isEqualTo("Property 'distlock.lockers.jobs.driver' is 'etcd', and there is no such lock driver.");
            assertThat(analysis.getAction())
                    .isEqualTo("Set 'distlock.lockers.jobs.driver' to one that is available: map, memory.");
        });
    }

    @Test
    void aTypingErrorFailsAtStart() {
        this.application.withPropertyValues("distlock.lockers.jobs.tll=3s").run(context -> {
            FailureAnalysis analysis = analysis(context);
            assertThat(analysis.getDescription())
                    .isEqualTo("'distlock.lockers' does not know 'distlock.lockers.jobs.tll'.");
            assertThat(analysis.getAction()).contains("connection-factory");
        });
    }

    @Test
    void whatCannotWorkIsRefusedUnderItsOwnName() {
        this.application
                .withPropertyValues("distlock.lockers.jobs.ttl=1ms")
                .run(context -> assertThat(analysis(context).getDescription())
                        .startsWith("Property 'distlock.lockers.jobs.ttl' is '1ms', which is too short"));
    }

    @Test
    void theDefaultOneIsNotAnEntry() {
        this.application
                .withPropertyValues("distlock.lockers.default.ttl=3s")
                .run(context -> assertThat(analysis(context).getDescription()).contains("an entry 'default'"));
    }

    @Test
    void aLockerOfTheApplicationWinsOverAnEntryOfTheSameNameAndJoinsTheOthers(CapturedOutput output) {
        this.application.withUserConfiguration(InCode.class).run(context -> {
            Lockers lockers = context.getBean(Lockers.class);
            assertThat(lockers.names()).containsExactly("default", "jobs", "local", "night");
            assertThat(lockers.get("jobs")).isSameAs(context.getBean("jobs"));
            assertThat(lockers.get("night")).isSameAs(context.getBean("night"));
            assertThat(output).contains("'distlock.lockers.jobs' is not used");
            context.getBean(Locker.class).acquire("k");
            assertThat(this.map.tokens).containsOnlyKeys("distlock:k");
        });
    }

    @Test
    void aDriverOfTheApplicationIsOneMoreThatEntriesCanName() {
        this.application
                .withBean("night", MemoryLockDriverFactory.class)
                .withPropertyValues("distlock.lockers.other.driver=memory")
                .run(context -> {
                    Lockers lockers = context.getBean(Lockers.class);
                    assertThat(context).hasSingleBean(MemoryLockDriverFactory.class);
                    lockers.get("local").acquire("k");
                    assertThat(lockers.get("other").tryAcquire(TRY)).isEmpty();
                });
    }

    @Test
    void allAreCheckedAtStartAndNamed(CapturedOutput output) {
        this.map.silent = true;
        this.application.run(context -> assertThat(output)
                .contains("The store of the locks does not answer: no connection to map:1.")
                .contains("The store of the locker 'jobs' does not answer: no connection to map:1.")
                .doesNotContain("'local' does not answer"));
    }

    @Test
    void allAreClosedWithTheApplication() {
        this.application.run(context -> {
            context.close();
            assertThat(this.map.closed).hasSizeGreaterThanOrEqualTo(2);
        });
    }

    private static FailureAnalysis analysis(AssertableApplicationContext context) {
        assertThat(context).hasFailed();
        FailureAnalysis analysis = new ConfigurationFailureAnalyzer().analyze(context.getStartupFailure());
        assertThat(analysis).isNotNull();
        return analysis;
    }

    @Configuration(proxyBeanMethods = false)
    @Import(ByConstructor.class)
    static class Injected {

        @Autowired
        private Locker unnamed;

        @Autowired
        @Qualifier("jobs")
        private Locker jobs;

        @Autowired
        @Qualifier("local")
        private Locker local;

        @Autowired
        private ByConstructor maker;
    }

    static class Misspelt {

        Misspelt(@Qualifier("jbos") Locker jobs) {}
    }

    static class ByConstructor {

        private final Locker jobs;

        ByConstructor(@Qualifier("jobs") Locker jobs) {
            this.jobs = jobs;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class InCode {

        @Bean(defaultCandidate = false)
        Locker jobs() {
            return Mockito.mock(Locker.class);
        }

        @Bean(defaultCandidate = false)
        Locker night() {
            return Mockito.mock(Locker.class);
        }
    }

    static class Shop {

        @DistributedLock(key = "k", locker = "jobs")
        public String work(MapDrivers drivers) {
            return drivers.tokens.keySet().toString();
        }
    }
}
