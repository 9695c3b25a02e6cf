package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.distlock.Lease;
import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.TokenGenerator;
import io.distlock.core.DistributedLocker;
import io.distlock.core.RandomTokens;
import io.distlock.redis.RedisLockDriverAutoConfiguration;
import io.distlock.redis.RedisLockDriverFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

@ExtendWith(OutputCaptureExtension.class)
class DistlockAutoConfigurationTests {

    private final MapDrivers map = new MapDrivers();

    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DistlockAutoConfiguration.class,
                    DistributedLockAutoConfiguration.class,
                    RedisLockDriverAutoConfiguration.class,
                    DataRedisAutoConfiguration.class));

    private final ApplicationContextRunner onMap =
            this.bare.withBean(MapDrivers.class, () -> this.map).withPropertyValues("distlock.driver=map");

    @Test
    void theLockerLocksBelowItsPrefix() {
        this.onMap.withPropertyValues("distlock.prefix=shop:").run(context -> {
            try (Lease lease = context.getBean(Locker.class).acquire("order:42")) {
                assertThat(this.map.tokens).containsEntry("shop:order:42", lease.token());
            }
            assertThat(this.map.tokens).isEmpty();
        });
    }

    @Test
    void theLockerIsTheOneNamedDefault() {
        this.onMap.run(context -> {
            assertThat(context).hasSingleBean(DistributedLocker.class);
            Lockers lockers = context.getBean(Lockers.class);
            assertThat(lockers.names()).containsExactly("default");
            assertThat(lockers.get("default")).isSameAs(context.getBean(Locker.class));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> lockers.get("jobs"))
                    .withMessage("There is no locker 'jobs'; there is default");
        });
    }

    @Test
    void whatIsWrittenAndNotKnownIsSaidOnce(CapturedOutput output) {
        this.onMap
                .withPropertyValues(
                        "distlock.tttl=5s",
                        "distlock.pass.maximum=3",
                        "distlock.ttl=5s",
                        "distlock.pass.max=3",
                        "distlock.mdc=false",
                        "distlock.metadata.any.thing=x",
                        "distlock.lockers.jobs.ttl=1m",
                        "distlock.console.enabled=false",
                        "distlock.aspect.verify=warn")
                .run(context -> assertThat(output.getAll().lines().filter(line -> line.contains("does not know")))
                        .singleElement()
                        .asString()
                        .contains("'distlock' does not know 'distlock.pass.maximum', 'distlock.tttl', which"));
    }

    @Test
    void theDriverIsToldWhatIsConfigured() {
        this.onMap
                .withPropertyValues(
                        "spring.application.name=orders",
                        "distlock.prefix=shop:",
                        "distlock.ttl=1500ms",
                        "distlock.fence-retention=2h",
                        "distlock.wait-for-replica=2",
                        "distlock.wait-strategy=poll",
                        "distlock.connection-factory=locks")
                .run(context -> assertThat(this.map.made).singleElement().satisfies(settings -> {
                    assertThat(settings.locker()).isEqualTo("default");
                    assertThat(settings.prefix()).isEqualTo("shop:");
                    assertThat(settings.instance()).startsWith("orders@");
                    assertThat(settings.commandTimeout()).isEqualTo(Duration.ofMillis(500));
                    assertThat(settings.recordRetention()).isEqualTo(Duration.ofHours(2));
                    assertThat(settings.replicas()).isEqualTo(2);
                    assertThat(settings.messages()).isFalse();
                    assertThat(settings.connectionFactory()).hasValue("locks");
                }));
    }

    @Test
    void anApplicationWithoutANameIsCalledApplication() {
        this.onMap.run(context -> {
            assertThat(this.map.made.get(0).instance()).startsWith("application@");
            assertThat(this.map.made.get(0).messages()).isTrue();
            assertThat(this.map.made.get(0).connectionFactory()).isEmpty();
        });
    }

    @Test
    void tokensSayWhichApplicationHolds() {
        this.onMap.withPropertyValues("spring.application.name=orders").run(context -> {
            assertThat(context).hasSingleBean(RandomTokens.class);
            try (Lease lease = context.getBean(Locker.class).acquire("k")) {
                assertThat(lease.token()).startsWith("orders@");
            }
        });
    }

    @Test
    void ownTokensReplaceRandomOnes() {
        this.onMap.withBean(TokenGenerator.class, () -> key -> "mine-" + key).run(context -> {
            assertThat(context).doesNotHaveBean(RandomTokens.class);
            try (Lease lease = context.getBean(Locker.class).acquire("k")) {
                assertThat(lease.token()).isEqualTo("mine-k");
            }
        });
    }

    @Test
    void anOwnLockerReplacesOurs() {
        this.onMap.withUserConfiguration(OwnLocker.class).run(context -> {
            assertThat(context).hasSingleBean(Locker.class);
            assertThat(context.getBean(Lockers.class).get("default")).isSameAs(context.getBean(Locker.class));
            assertThat(this.map.made).isEmpty();
        });
    }

    @Test
    void listenersHearInTheirOrder() {
        this.onMap.withUserConfiguration(TwoListeners.class).run(context -> {
            context.getBean(Locker.class).acquire("k").close();

            assertThat(context.getBean(TwoListeners.class).heard).containsExactly("first k", "second k");
        });
    }

    @Test
    void disabledThereIsNothing() {
        this.bare
                .withPropertyValues("distlock.enabled=false")
                .run(context -> assertThat(context.getBeansOfType(Object.class).values().stream()
                                .map(bean -> bean.getClass().getName()))
                        .isNotEmpty()
                        .noneMatch(name -> name.startsWith("io.distlock")));
    }

    @Test
    void withoutSpringDataRedisTheStarterIsMissing() {
        this.bare
                .withClassLoader(new FilteredClassLoader("org.springframework.data.redis"))
                .run(context -> {
                    FailureAnalysis analysis = analysis(context);
                    assertThat(analysis.getDescription())
                            .isEqualTo(
                                    "Lock driver 'redis' is not available: Spring Data Redis is not on the class path.");
                    assertThat(analysis.getAction())
                            .isEqualTo("Add org.springframework.boot:spring-boot-starter-data-redis.");
                });
    }

    @Test
    void withoutAConnectionFactoryItSaysSoAndNamesTheOtherDrivers() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(DistlockAutoConfiguration.class))
                .withBean(MapDrivers.class, () -> this.map)
                .run(context -> {
                    FailureAnalysis analysis = analysis(context);
                    assertThat(analysis.getDescription()).endsWith("there is no RedisConnectionFactory bean.");
                    assertThat(analysis.getAction())
                            .startsWith("Let DataRedisAutoConfiguration make one")
                            .endsWith("set 'distlock.driver' to one that is available: map.");
                });
    }

    @Test
    void anUnknownDriverIsAnsweredWithThoseThereAre() {
        this.onMap.withPropertyValues("distlock.driver=etcd").run(context -> {
            FailureAnalysis analysis = analysis(context);
            assertThat(analysis.getDescription())
                    .isEqualTo("Property 'distlock.driver' is 'etcd', and there is no such lock driver.");
            assertThat(analysis.getAction()).isEqualTo("Set 'distlock.driver' to one that is available: map, redis.");
        });
    }

    @Test
    void ofSeveralConnectionFactoriesOneMustBeNamed() {
        this.bare.withUserConfiguration(TwoConnectionFactories.class).run(context -> {
            FailureAnalysis analysis = analysis(context);
            assertThat(analysis.getDescription())
                    .contains("several connection factories: ")
                    .contains("locks")
                    .contains("cache")
                    .contains("none is named or primary");
            assertThat(analysis.getAction())
                    .contains("'distlock.connection-factory'")
                    .contains("@Primary");
        });
        this.bare
                .withUserConfiguration(TwoConnectionFactories.class)
                .withPropertyValues("distlock.connection-factory=locks", "distlock.startup-check=off")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aConnectionFactoryThatIsNotThereIsNamed() {
        this.bare.withPropertyValues("distlock.connection-factory=lokcs").run(context -> {
            FailureAnalysis analysis = analysis(context);
            assertThat(analysis.getDescription())
                    .startsWith("Property 'distlock.connection-factory' is 'lokcs', which is no connection factory");
            assertThat(analysis.getAction()).contains("'distlock.connection-factory'");
        });
    }

    @Test
    void anImpossiblePropertyIsExplained() {
        this.onMap.withPropertyValues("distlock.ttl=5ms").run(context -> {
            FailureAnalysis analysis = analysis(context);
            assertThat(analysis.getDescription()).startsWith("Property 'distlock.ttl' is '5ms', which is too short");
            assertThat(analysis.getAction()).isEqualTo("Set 'distlock.ttl' to at least 10ms.");
        });
    }

    @Test
    void aSilentStoreIsOneErrorAndTheApplicationStarts(CapturedOutput output) {
        this.map.silent = true;
        this.onMap.run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output.getOut().lines().filter(line -> line.contains("ERROR")))
                    .singleElement()
                    .asString()
                    .contains("The store of the locks does not answer: no connection to map:1.")
                    .contains("Every call will fail with LockUnavailableException until it answers.");
            assertThatExceptionOfType(LockUnavailableException.class)
                    .isThrownBy(() -> context.getBean(Locker.class).acquire("k"));
        });
    }

    @Test
    void aSilentStoreCanKeepTheApplicationFromStarting() {
        this.map.silent = true;
        this.onMap.withPropertyValues("distlock.startup-check=fail").run(context -> {
            FailureAnalysis analysis = analysis(context);
            assertThat(analysis.getDescription())
                    .isEqualTo("The store of the locks does not answer: no connection to map:1.");
            assertThat(analysis.getAction()).contains("'distlock.startup-check' to 'warn'");
            assertThat(this.map.closed).hasSize(1);
        });
    }

    @Test
    void theCheckCanBeOff(CapturedOutput output) {
        this.map.silent = true;
        this.onMap
                .withPropertyValues("distlock.startup-check=off")
                .run(context -> assertThat(output.getOut()).doesNotContain("ERROR"));
    }

    @Test
    void aStoreThatAnswersIsNotSpokenOf(CapturedOutput output) {
        this.onMap
                .withPropertyValues("distlock.startup-check=fail")
                .run(context -> assertThat(output.getOut()).doesNotContain("ERROR"));
    }

    @Test
    void theLockerClosesAfterTheExecutorsAndBeforeTheConnections() {
        List<String> stops = new ArrayList<>();
        this.onMap
                .withBean(
                        "executor",
                        Stopping.class,
                        () -> new Stopping(
                                Integer.MAX_VALUE / 2,
                                () -> stops.add("executors with " + this.map.closed.size() + " closed")))
                .withBean(
                        "connections",
                        Stopping.class,
                        () -> new Stopping(
                                0, () -> stops.add("connections with " + this.map.closed.size() + " closed")))
                .run(context -> context.close());

        assertThat(stops).containsExactly("executors with 0 closed", "connections with 1 closed");
    }

    @Test
    void aContextThatIsOnlyStoppedKeepsItsLocker() {
        this.onMap.run(context -> {
            context.stop();
            context.start();

            context.getBean(Locker.class).acquire("k").close();
            assertThat(this.map.closed).isEmpty();
        });
    }

    @Test
    void redisNeedsNoConfiguration() {
        this.bare
                .withPropertyValues("distlock.startup-check=off")
                .run(context -> assertThat(context)
                        .hasSingleBean(RedisLockDriverFactory.class)
                        .hasSingleBean(DistributedLocker.class));
    }

    private static FailureAnalysis analysis(AssertableApplicationContext context) {
        assertThat(context).hasFailed();
        FailureAnalysis analysis = new ConfigurationFailureAnalyzer().analyze(context.getStartupFailure());
        assertThat(analysis).isNotNull();
        return analysis;
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnLocker {

        @Bean
        Locker ownLocker() {
            return Mockito.mock(Locker.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoListeners {

        private final List<String> heard = new ArrayList<>();

        @Bean
        @Order(2)
        LockListener second() {
            return new Hearing("second", this.heard);
        }

        @Bean
        @Order(1)
        LockListener first() {
            return new Hearing("first", this.heard);
        }
    }

    private record Hearing(String name, List<String> heard) implements LockListener {

        @Override
        public void onTaken(LockEvent event) {
            this.heard.add(this.name + " " + event.keys().iterator().next());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoConnectionFactories {

        @Bean
        LettuceConnectionFactory locks() {
            return new LettuceConnectionFactory("localhost", 1);
        }

        @Bean
        JedisConnectionFactory cache() {
            return new JedisConnectionFactory();
        }
    }

    private static final class Stopping implements SmartLifecycle {

        private final int phase;

        private final Runnable onStop;

        private boolean running;

        Stopping(int phase, Runnable onStop) {
            this.phase = phase;
            this.onStop = onStop;
        }

        @Override
        public void start() {
            this.running = true;
        }

        @Override
        public void stop() {
            this.running = false;
            this.onStop.run();
        }

        @Override
        public boolean isRunning() {
            return this.running;
        }

        @Override
        public int getPhase() {
            return this.phase;
        }
    }
}
