package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.distlock.Leases;
import io.distlock.LockListener;
import io.distlock.LockNotAcquiredException;
import io.distlock.annotation.DistributedLock;
import io.distlock.aspect.DistributedLockAdvisor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;

@ExtendWith(OutputCaptureExtension.class)
class DistributedLockAutoConfigurationTests {

    private final MapDrivers map = new MapDrivers();

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DistlockAutoConfiguration.class,
                    DistributedLockAutoConfiguration.class,
                    AopAutoConfiguration.class))
            .withBean(MapDrivers.class, () -> this.map)
            .withPropertyValues("distlock.driver=map");

    @Test
    void annotatedMethodsAreLocked() {
        this.context
                .withBean(Shop.class)
                .run(context -> assertThat(context.getBean(Shop.class).pay(42)).isEqualTo("order:42"));
    }

    @Test
    void aBusyLockSaysWhichAndWhoAndHowLong() {
        this.context.withBean(Shop.class).withPropertyValues("distlock.wait=0s").run(context -> {
            this.map.tokens.put("distlock:order:42", "somebody");

            assertThatExceptionOfType(LockNotAcquiredException.class)
                    .isThrownBy(() -> context.getBean(Shop.class).pay(42))
                    .satisfies(refusal -> {
                        assertThat(refusal.keys()).containsExactly("order:42");
                        assertThat(refusal).hasMessageContaining("'order:42'");
                        assertThat(refusal.holder())
                                .hasValueSatisfying(
                                        holder -> assertThat(holder.token()).isEqualTo("somebody"));
                    });
        });
    }

    @Test
    void methodsAreLockedWhereNothingElseWantsProxies() {
        this.context
                .withPropertyValues("spring.aop.auto=false")
                .withBean(Shop.class)
                .run(context -> assertThat(context.getBean(Shop.class).pay(42)).isEqualTo("order:42"));
    }

    @Test
    void theLockHasAPlaceAmongInterceptorsThatCanBeMoved() {
        this.context.run(context -> assertThat(
                        context.getBean(DistributedLockAdvisor.class).getOrder())
                .as("outside of what is last, as transactions and caches are by default")
                .isEqualTo(Ordered.LOWEST_PRECEDENCE - 100));
        this.context
                .withPropertyValues("distlock.aspect.order=7")
                .run(context -> assertThat(
                                context.getBean(DistributedLockAdvisor.class).getOrder())
                        .isEqualTo(7));
    }

    @Test
    void makingProxiesMakesNoLockerAndNoListenerTooEarly(CapturedOutput output) {
        this.context.withBean(Shop.class).withBean(LockedListener.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output).doesNotContain("not eligible for getting processed");
        });
    }

    @Test
    void disabledMethodsRunFree() {
        this.context
                .withPropertyValues("distlock.enabled=false")
                .withBean(Shop.class)
                .run(context -> assertThat(context.getBean(Shop.class).pay(42)).isEqualTo("free"));
    }

    @Test
    void annotationsThatCannotWorkKeepTheApplicationFromStarting() {
        this.context.withBean(Broken.class).withBean(BrokenToo.class).run(context -> {
            FailureAnalysis analysis = new AnnotationFailureAnalyzer().analyze(context.getStartupFailure());
            assertThat(analysis).isNotNull();
            assertThat(analysis.getDescription())
                    .contains("(1) @DistributedLock on DistributedLockAutoConfigurationTests.")
                    .contains("Broken.pay(int): key \"#idd\" asks for parameter 'idd', which the method does not have.")
                    .contains("BrokenToo.pay(): ttl \"soon\" is not a time.")
                    .contains("'distlock.aspect.verify'");
            assertThat(analysis.getAction())
                    .contains("(1) Use one of those it has: id.")
                    .contains("(2) Write \"30s\"");
        });
    }

    @Test
    void annotationsThatCannotWorkCanBeWarnings(CapturedOutput output) {
        this.context
                .withPropertyValues("distlock.aspect.verify=warn")
                .withBean(Broken.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(output.getOut().lines().filter(line -> line.contains("WARN")))
                            .singleElement()
                            .asString()
                            .contains("'idd'")
                            .contains("Use one of those it has: id.");
                });
    }

    @Test
    void verificationCanBeOffAndTheCallFails(CapturedOutput output) {
        this.context
                .withPropertyValues("distlock.aspect.verify=off")
                .withBean(Broken.class)
                .run(context -> {
                    assertThat(output).doesNotContain("WARN");
                    assertThatExceptionOfType(RuntimeException.class)
                            .isThrownBy(() -> context.getBean(Broken.class).pay(1))
                            .withMessageContaining("'idd'");
                });
    }

    @Test
    void weavingWithoutAWeaverIsExplained() {
        this.context.withPropertyValues("distlock.aspect.mode=aspectj").run(context -> {
            FailureAnalysis analysis = new ConfigurationFailureAnalyzer().analyze(context.getStartupFailure());
            assertThat(analysis).isNotNull();
            assertThat(analysis.getDescription())
                    .isEqualTo("Property 'distlock.aspect.mode' is 'aspectj', but no weaver is at work.");
            assertThat(analysis.getAction()).contains("-javaagent:aspectjweaver.jar");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "distlock.ttl=5ms, Set 'distlock.ttl' to at least 10ms.",
        "distlock.driver=map, Use one of those it has: id."
    })
    void whatKeepsTheApplicationFromStartingIsExplainedToItsOperator(
            String property, String remedy, CapturedOutput output) {
        SpringApplication application = new SpringApplication(BrokenApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);

        assertThatExceptionOfType(Exception.class).isThrownBy(() -> application.run("--" + property));

        assertThat(output).contains("APPLICATION FAILED TO START").contains(remedy);
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({DistlockAutoConfiguration.class, DistributedLockAutoConfiguration.class})
    @Import({MapDrivers.class, Broken.class})
    static class BrokenApplication {}

    static class Shop {

        @DistributedLock("order:#{#id}")
        String pay(int id) {
            return Leases.current().map(lease -> String.join(" ", lease.keys())).orElse("free");
        }
    }

    static class LockedListener implements LockListener {

        @DistributedLock
        void listen() {}
    }

    static class Broken {

        @DistributedLock("#idd")
        void pay(int id) {}
    }

    static class BrokenToo {

        @DistributedLock(ttl = "soon")
        void pay() {}
    }
}
