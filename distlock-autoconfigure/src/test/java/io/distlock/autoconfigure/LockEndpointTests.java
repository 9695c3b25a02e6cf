package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.WatchedLocker;
import io.distlock.actuate.ConsoleEndpoint;
import io.distlock.actuate.LockEndpoint;
import io.distlock.actuate.LockMemory;
import io.distlock.annotation.DistributedLock;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.LockDriverFactory;
import io.distlock.memory.MemoryLockDriverAutoConfiguration;
import io.distlock.memory.MemoryLockDriverFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.lang.reflect.Proxy;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What operations see of locks and may do to them. Read as JSON, as they do. */
@ExtendWith(OutputCaptureExtension.class)
class LockEndpointTests {

    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(all -> all.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private final MapDrivers map = new MapDrivers();

    private final ApplicationContextRunner hidden = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DistlockAutoConfiguration.class,
                    DistributedLockAutoConfiguration.class,
                    MemoryLockDriverAutoConfiguration.class,
                    LockMetersAutoConfiguration.class,
                    LockTracingAutoConfiguration.class,
                    LockObservationsAutoConfiguration.class,
                    LockDiagnosisAutoConfiguration.class,
                    LockHealthAutoConfiguration.class,
                    LockEndpointAutoConfiguration.class,
                    LockConsoleAutoConfiguration.class))
            .withBean(MapDrivers.class, () -> this.map)
            .withBean(Audit.class)
            .withPropertyValues("distlock.driver=memory", "distlock.shutdown-grace=0s");

    private final ApplicationContextRunner application =
            this.hidden.withPropertyValues("management.endpoints.web.exposure.include=*");

    private void run(Consumer<Seen> test) {
        this.application.run(context -> test.accept(new Seen(context)));
    }

    @Test
    void whatThisInstanceHoldsAndAwaitsIsListed() {
        run(seen -> {
            Lease lease = seen.locker().acquire(LockRequest.of("order:42").name("orders"));
            seen.locker().acquireAsync(LockRequest.of("order:42"));
            JsonNode locks = seen.locks(null, null);
            assertThat(locks.at("/total").asInt()).isOne();
            assertThat(locks.at("/locks/0/locker").asString()).isEqualTo("default");
            assertThat(locks.at("/locks/0/key").asString()).isEqualTo("order:42");
            assertThat(locks.at("/locks/0/holds/0/name").asString()).isEqualTo("orders");
            assertThat(locks.at("/locks/0/holds/0/fence").asLong()).isEqualTo(lease.fencingToken());
            assertThat(locks.at("/locks/0/holds/0/thread").asString())
                    .isEqualTo(Thread.currentThread().getName());
            assertThat(locks.at("/locks/0/holds/0/valid").asLong()).isPositive();
            assertThat(locks.at("/locks/0/waiting")).hasSize(1);
            assertThat(locks.toString()).doesNotContain(lease.token());
        });
    }

    @Test
    void tenThousandHeldLocksAreListedByPages() {
        run(seen -> {
            for (int i = 0; i < 10_000; i++) {
                seen.leases.add(seen.locker().acquire("order:" + (10_000 + i)));
            }
            assertThat(seen.locks(null, null).at("/total").asInt()).isEqualTo(10_000);
            assertThat(seen.locks(null, null).at("/locks")).hasSize(100);
            assertThat(seen.locks(9_990, 500).at("/locks")).hasSize(10);
            assertThat(seen.locks(0, 5_000).at("/locks")).hasSize(1_000);
            assertThat(seen.locks(500, 1).at("/locks/0/key").asString()).isEqualTo("order:10500");
            assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(() -> seen.locks(-1, null));
            seen.leases.forEach(Lease::close);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b/c", "ключ 鍵 🔑", "a b", "<img src=x onerror=alert(1)>", "a?b&c=d#e%2F"})
    void theStoreIsAskedForAnyKey(String key) {
        run(seen -> {
            assertThat(seen.key(key).at("/holder").isMissingNode()).isTrue();
            try (Lease lease = seen.locker().acquire(LockRequest.of(key).name("orders"))) {
                JsonNode found = seen.key(key);
                assertThat(found.at("/key").asString()).isEqualTo(key);
                assertThat(found.at("/holder/process/application").asString()).isEqualTo("application");
                assertThat(found.at("/holder/process/pid").asString())
                        .isEqualTo(String.valueOf(ProcessHandle.current().pid()));
                assertThat(found.at("/holder/process/host").asString()).isNotBlank();
                assertThat(found.at("/holder/thread").asString())
                        .isEqualTo(Thread.currentThread().getName());
                assertThat(found.at("/holder/name").asString()).isEqualTo("orders");
                assertThat(found.at("/holder/since").isMissingNode()).isFalse();
                assertThat(found.at("/holder/remaining").asLong()).isPositive();
                assertThat(found.at("/holder/fence").asLong()).isEqualTo(lease.fencingToken());
                assertThat(found.toString()).doesNotContain(lease.token());
            }
        });
    }

    @Test
    void theMethodOfAnAnnotatedHolderIsShownWhateverTheLockIsCalled() {
        this.application.withBean(Shop.class).run(context -> {
            Seen seen = new Seen(context);
            CountDownLatch waits = new CountDownLatch(1);
            Thread waiter = new Thread(() -> context.getBean(Shop.class).pay(waits::countDown), "waiter");
            context.getBean(Shop.class).pay(() -> {
                JsonNode holder = seen.key("order:42").at("/holder");
                assertThat(holder.at("/method").asString()).isEqualTo("LockEndpointTests.Shop.pay");
                assertThat(holder.at("/name").asString()).isEqualTo("orders");
                waiter.start();
                await().until(() ->
                        !seen.locks(null, null).at("/locks/0/waiting").isEmpty());
            });
            waits.await();
            waiter.join();
        });
    }

    static class Shop {

        @DistributedLock(key = "order:42", name = "orders")
        public void pay(Runnable work) {
            work.run();
        }
    }

    @Test
    void theHoldThatWasSeenIsFreedOnceAndSaysSo() {
        run(seen -> {
            Lease lease = seen.locker().acquire("order:42");
            String token = seen.key("order:42").at("/holder/token").asString();
            assertThat(seen.free("order:42", "another").getStatus()).isEqualTo(409);
            assertThat(lease.isHeld()).isTrue();

            assertThat(seen.free("order:42", token).getStatus()).isEqualTo(200);
            assertThat(lease.isHeld()).isFalse();
            assertThat(seen.free("order:42", token).getStatus()).isEqualTo(404);

            assertThat(seen.audit().events).singleElement().satisfies(event -> {
                assertThat(event.getAuditEvent().getPrincipal()).isEqualTo("ops");
                assertThat(event.getAuditEvent().getType()).isEqualTo("DISTLOCK_FREED");
                assertThat(event.getAuditEvent().getData())
                        .containsEntry("key", "order:42")
                        .containsEntry("locker", "default")
                        .containsEntry("outcome", "RELEASED");
            });
            await().untilAsserted(() -> assertThat(seen.locks(null, null).at("/events"))
                    .extracting(event -> event.at("/what").asString())
                    .containsExactlyInAnyOrder("lost", "freed"));
        });
    }

    @Test
    void whoSharesALockIsShownAndFreedOneByOne() {
        run(seen -> {
            Lease first =
                    seen.locker().acquire(LockRequest.of("stock").name("reads").shared());
            Lease second = seen.locker().acquire(LockRequest.of("stock").permits(3));
            JsonNode found = seen.key("stock");
            assertThat(found.at("/holder/token").asString()).isEqualTo("shared");
            assertThat(found.at("/sharers")).hasSize(2);
            assertThat(found.at("/sharers/0/name").asString()).isEqualTo("reads");
            assertThat(found.at("/sharers/1/fence").asLong()).isEqualTo(second.fencingToken());
            assertThat(found.at("/sharers/1/metadata/permits").asString()).isEqualTo("3");
            assertThat(found.toString()).doesNotContain(first.token(), second.token());
            JsonNode here = seen.locks(null, null);
            assertThat(here.at("/total").asInt()).isOne();
            assertThat(here.at("/locks/0/holds"))
                    .extracting(hold -> hold.at("/fence").asLong())
                    .containsExactly(first.fencingToken(), second.fencingToken());

            String token = found.at("/sharers/0/token").asString();
            assertThat(seen.free("stock", token).getStatus()).isEqualTo(200);
            assertThat(first.isHeld()).isFalse();
            assertThat(second.isHeld()).isTrue();
            assertThat(seen.free("stock", "shared").getStatus()).isEqualTo(400);
            assertThat(second.isHeld()).isTrue();
            assertThat(seen.audit().events).hasSize(1);
        });
    }

    @Test
    void allThatIsKnownOfAKeyHereIsOneEntry() {
        run(seen -> {
            Lease several = seen.locker().acquire(LockRequest.of("a", "b"));
            seen.locker().acquireAsync(LockRequest.of("a").name("first"));
            seen.locker().acquireAsync(LockRequest.of("a").name("shares").shared());
            String token = seen.locker().acquire("c").token();
            seen.locker().adopt("c", token, Duration.ofSeconds(30));
            await().untilAsserted(() ->
                    assertThat(seen.locks(null, null).at("/locks/0/waiting")).hasSize(2));
            JsonNode locks = seen.locks(null, null);
            assertThat(locks.at("/total").asInt()).isEqualTo(3);
            assertThat(locks.at("/locks"))
                    .extracting(lock -> lock.at("/key").asString())
                    .containsExactly("a", "b", "c");
            assertThat(locks.at("/locks/0/holds/0/fence").asLong()).isEqualTo(several.fencingToken("a"));
            assertThat(locks.at("/locks/0/waiting"))
                    .extracting(wait -> wait.at("/name").asString())
                    .containsExactly("first", "shares");
            assertThat(locks.at("/locks/2/holds")).hasSize(2);
        });
    }

    @Test
    void whatMayHaveBeenFreedIsInTheAuditToo() {
        this.application
                .withPropertyValues("distlock.driver=mute")
                .withBean("mute", LockDriverFactory.class, MuteDrivers::new)
                .run(context -> {
                    Seen seen = new Seen(context);
                    seen.locker().acquire("order:42");
                    String token = seen.key("order:42").at("/holder/token").asString();
                    assertThat(seen.free("order:42", token).getStatus()).isEqualTo(503);
                    assertThat(seen.audit().events)
                            .singleElement()
                            .satisfies(event -> assertThat(event.getAuditEvent().getData())
                                    .containsEntry("outcome", "UNKNOWN")
                                    .containsEntry("key", "order:42")
                                    .containsEntry("locker", "default"));
                    assertThat(seen.locks(null, null).at("/events/0/detail").asString())
                            .isEqualTo("perhaps freed by force by ops: the store did not answer");
                });
    }

    /** Whose store frees what it is asked to, and does not say so. */
    private static final class MuteDrivers implements LockDriverFactory {

        private final MemoryLockDriverFactory memory = new MemoryLockDriverFactory();

        @Override
        public String name() {
            return "mute";
        }

        @Override
        public LockDriver create(DriverSettings settings) {
            LockDriver driver = this.memory.create(settings);
            return (LockDriver) Proxy.newProxyInstance(
                    LockDriver.class.getClassLoader(),
                    new Class<?>[] {LockDriver.class},
                    (proxy, method, arguments) -> {
                        Object answer = method.invoke(driver, arguments);
                        return method.getName().equals("release")
                                ? CompletableFuture.failedStage(
                                        new LockDriverException(Kind.UNANSWERED, "it said nothing", null))
                                : answer;
                    });
        }
    }

    @Test
    void whatCannotBeAnsweredSaysWhy() {
        this.application.withPropertyValues("distlock.driver=map").run(context -> {
            Seen seen = new Seen(context);
            assertThat(seen.endpoint().key("jobs", "k").getStatus()).isEqualTo(404);
            assertThat(seen.endpoint().key("default", " ").getStatus()).isEqualTo(400);
            this.map.silent = true;
            assertThat(seen.endpoint().key("default", "k").getStatus()).isEqualTo(503);
            assertThat(seen.free("k", "t").getStatus()).isEqualTo(503);
        });
    }

    @Test
    void refusalsAreRememberedAndDoNotDriveOutWhatWasLost() {
        run(seen -> {
            Lease lost = seen.locker().acquire(LockRequest.of("seat:A1").name("seat"));
            seen.free("seat:A1", seen.key("seat:A1").at("/holder/token").asString());
            await().untilAsserted(() ->
                    assertThat(seen.locks(null, null).at("/events")).hasSize(2));
            seen.locker().run("order:42", lease -> {
                for (int i = 0; i < 250; i++) {
                    assertThat(seen.locker()
                                    .tryAcquire(LockRequest.of("order:42")
                                            .name("orders")
                                            .waitFor(Duration.ZERO)))
                            .isEmpty();
                }
            });
            JsonNode events = seen.locks(null, null).at("/events");
            assertThat(events).hasSize(52);
            JsonNode refusal = events.get(0);
            assertThat(refusal.at("/what").asString()).isEqualTo("busy");
            assertThat(refusal.at("/locker").asString()).isEqualTo("default");
            assertThat(refusal.at("/name").asString()).isEqualTo("orders");
            assertThat(refusal.at("/key").asString()).isEqualTo("order:42");
            assertThat(refusal.at("/fence").asLong()).isZero();
            assertThat(refusal.at("/detail").asString()).isEqualTo("not granted: BUSY");
            JsonNode loss = StreamSupport.stream(events.spliterator(), false)
                    .filter(event -> event.at("/what").asString().equals("lost"))
                    .findFirst()
                    .orElseThrow();
            assertThat(loss.at("/name").asString()).isEqualTo("seat");
            assertThat(loss.at("/key").asString()).isEqualTo("seat:A1");
            assertThat(loss.at("/fence").asLong()).isEqualTo(lost.fencingToken());
            assertThat(loss.at("/held").asLong()).isBetween(0L, 60_000L);
            assertThat(loss.at("/detail").asString())
                    .startsWith("Lock 'seat:A1' was lost after PT")
                    .endsWith("it was freed by force");
            assertThat(Instant.parse(loss.at("/time").asString()))
                    .isBefore(Instant.parse(refusal.at("/time").asString()));
        });
    }

    @Test
    void howLongWasWaitedIsRemembered() {
        run(seen -> {
            seen.locker()
                    .run(
                            "order:42",
                            lease -> assertThat(seen.locker()
                                            .tryAcquire(
                                                    LockRequest.of("order:42").waitFor(Duration.ofMillis(30))))
                                    .isEmpty());
            assertThat(seen.locks(null, null).at("/events/0/waited").asLong()).isBetween(30L, 30_000L);
        });
    }

    @Test
    void whoWaitsWhileHoldingIsShownAndADeadlockIsMarked() {
        run(seen -> {
            CountDownLatch both = new CountDownLatch(2);
            Thread one = seen.holdThenWait("a", "b", both);
            Thread other = seen.holdThenWait("b", "a", both);
            await().untilAsserted(() ->
                    assertThat(seen.locks(null, null).at("/graph/deadlocks")).hasSize(1));
            JsonNode locks = seen.locks(null, null);
            assertThat(locks.at("/graph/deadlocks/0"))
                    .extracting(JsonNode::asString)
                    .containsExactly("default/a", "default/b");
            assertThat(locks.at("/waitingWhileHolding")).hasSize(2);
            assertThat(locks.at("/waitingWhileHolding"))
                    .extracting(
                            waiting -> waiting.at("/thread").asString(),
                            waiting -> waiting.at("/waitsFor").asString(),
                            waiting -> waiting.at("/holds").toString())
                    .containsExactlyInAnyOrder(
                            tuple("a then b", "default/b", "[\"default/a\"]"),
                            tuple("b then a", "default/a", "[\"default/b\"]"));
            assertThat(locks.at("/graph/complete").asBoolean()).isTrue();
            end(List.of(one, other));
        });
    }

    @Test
    void aDeadlockBetweenInstancesIsSeenFromEach() {
        MemoryLockDriverFactory store = new MemoryLockDriverFactory();
        ApplicationContextRunner shared = this.application
                .withPropertyValues("distlock.driver=shared")
                .withBean("shared", LockDriverFactory.class, () -> shared(store));
        shared.run(here -> shared.run(there -> {
            Seen one = new Seen(here);
            Seen other = new Seen(there);
            CountDownLatch both = new CountDownLatch(2);
            List<Thread> threads = List.of(one.holdThenWait("a", "b", both), other.holdThenWait("b", "a", both));
            for (Seen seen : List.of(one, other)) {
                await().untilAsserted(() -> assertThat(seen.locks(null, null).at("/graph/deadlocks/0"))
                        .extracting(JsonNode::asString)
                        .containsExactly("default/a", "default/b"));
                assertThat(seen.locks(null, null).at("/waitingWhileHolding")).hasSize(1);
            }
            assertThat(one.key("a").at("/waiting/0/holds/0").asString()).isEqualTo("default/b");
            end(threads);
        }));
    }

    private static LockDriverFactory shared(LockDriverFactory store) {
        return new LockDriverFactory() {
            @Override
            public String name() {
                return "shared";
            }

            @Override
            public LockDriver create(DriverSettings settings) {
                return store.create(settings);
            }
        };
    }

    private static void end(List<Thread> threads) {
        threads.forEach(Thread::interrupt);
        threads.forEach(thread -> await().until(() -> !thread.isAlive()));
    }

    @Test
    void healthAsksTheStoreAndTakesNoLock() {
        this.application.withPropertyValues("distlock.driver=map").run(context -> {
            HealthIndicator health =
                    (HealthIndicator) context.getBean("distlockHealthContributor", CompositeHealthContributor.class)
                            .getContributor("default");
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            assertThat(this.map.tokens).isEmpty();
            this.map.silent = true;
            Health down = health.health();
            assertThat(down.getStatus()).isEqualTo(Status.DOWN);
            assertThat(down.getDetails().get("error").toString()).contains("no connection");
        });
    }

    @Test
    void aStoreThatFallsSilentIsLoggedOnceAndSoIsItsReturn() {
        Log log = new Log();
        this.application.withPropertyValues("distlock.driver=map").run(context -> {
            Locker locker = context.getBean(Locker.class);
            this.map.silent = true;
            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(LockUnavailableException.class)
                        .isThrownBy(
                                () -> locker.acquire(LockRequest.of("order:42").name("orders")));
            }
            this.map.silent = false;
            locker.run("order:43", lease -> {});
        });
        log.close();
        assertThat(log.lines).hasSize(2);
        assertThat(log.lines.get(0))
                .startsWith("Lock 'order:42' is unavailable: no connection to map:1 (orders, waited PT");
        assertThat(log.lines.get(1)).endsWith("answers again");
    }

    /** What the core logs, which knows of no other log than the JDK's. */
    private static final class Log extends Handler {

        private final Logger logger = Logger.getLogger("io.distlock.core.Remarks");

        private final List<String> lines = new CopyOnWriteArrayList<>();

        Log() {
            this.logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord line) {
            this.lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            this.logger.removeHandler(this);
        }
    }

    @Test
    void oppositeOrdersAreWarnedOfOnce(CapturedOutput output) {
        this.application.withPropertyValues("distlock.diagnose-order=true").run(context -> {
            Locker locker = context.getBean(Locker.class);
            for (int i = 0; i < 2; i++) {
                nested(
                        locker,
                        LockRequest.of("a:1").name("a"),
                        LockRequest.of("b:1").name("b"));
                nested(
                        locker,
                        LockRequest.of("a:1").name("a"),
                        LockRequest.of("a:2").name("a"));
            }
            assertThat(output).doesNotContain("opposite orders");
            for (int i = 0; i < 2; i++) {
                nested(
                        locker,
                        LockRequest.of("b:2").name("b"),
                        LockRequest.of("a:2").name("a"));
            }
        });
        assertThat(output.getOut().lines().filter(line -> line.contains("opposite orders")))
                .singleElement()
                .asString()
                .contains("[a:2]", "[b:2]", "[a:1]", "[b:1]");
    }

    @Test
    void keyAndFenceAreInTheLoggingContextWhileALockIsHeld() {
        this.application.withPropertyValues("distlock.mdc=true").run(context -> {
            Locker locker = context.getBean(Locker.class);
            locker.run("outer", outer -> {
                locker.run("inner", inner -> assertThat(MDC.get("distlock.key")).isEqualTo("inner"));
                assertThat(MDC.get("distlock.key")).isEqualTo("outer");
                assertThat(MDC.get("distlock.fence")).isEqualTo(Long.toString(outer.fencingToken()));
            });
            assertThat(MDC.get("distlock.key")).isNull();
            assertThat(MDC.get("distlock.fence")).isNull();
        });
    }

    @Test
    void nothingIsListenedToUnlessItIsAskedFor() {
        this.hidden.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(LockEndpoint.class)
                .doesNotHaveBean(LockMemory.class)
                .doesNotHaveBean("lockContext")
                .doesNotHaveBean("lockOrder"));
    }

    @Test
    void theConsoleIsOffByDefault() {
        this.application.run(context ->
                assertThat(context).hasSingleBean(LockEndpoint.class).doesNotHaveBean(ConsoleEndpoint.class));
        this.application
                .withPropertyValues("distlock.console.enabled=true")
                .run(context -> assertThat(context).hasSingleBean(ConsoleEndpoint.class));
    }

    /** What is left where one library is missing; {@link MissingLibrariesTests} is without all of them. */
    @ParameterizedTest
    @CsvSource({
        "org.springframework.boot.actuate, distlockHealthContributor lockContext lockMeters lockObservations lockOrder",
        "org.springframework.boot.health, lockConsoleEndpoint lockContext lockEndpoint lockMeters lockObservations lockOrder",
        "io.micrometer, distlockHealthContributor lockConsoleEndpoint lockContext lockEndpoint lockOrder",
        "org.slf4j, distlockHealthContributor lockConsoleEndpoint lockEndpoint lockMeters lockObservations lockOrder",
        "org.springframework.web, " + ALL_PARTS,
        "reactor, " + ALL_PARTS,
        "redis.clients, " + ALL_PARTS,
        "nothing, " + ALL_PARTS
    })
    void withoutWhatAPartNeedsThatIsAbsentAndTheOthersAreThere(String missing, String parts) {
        this.application
                .withClassLoader(new FilteredClassLoader(missing))
                .withBean(SimpleMeterRegistry.class)
                .withBean(ObservationRegistry.class, ObservationRegistry::create)
                .withPropertyValues(
                        "distlock.console.enabled=true", "distlock.mdc=true", "distlock.diagnose-order=true")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    context.getBean(Locker.class).run("order:42", lease -> {});
                    assertThat(Stream.of(ALL_PARTS.split(" ")).filter(context::containsBean))
                            .containsExactly(parts.split(" "));
                });
    }

    private static final String ALL_PARTS = "distlockHealthContributor lockConsoleEndpoint lockContext lockEndpoint"
            + " lockMeters lockObservations lockOrder";

    @ParameterizedTest
    @CsvSource({
        "nothing=said, GET GET",
        "management.endpoint.distlock.access=read-only, GET GET",
        "management.endpoint.distlock.access=unrestricted, DELETE GET GET",
        "management.endpoints.access.default=unrestricted, DELETE GET GET",
        "management.endpoints.access.default=none, ''"
    })
    void freeingIsThereWhereItIsAllowed(String property, String operations) {
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DistlockAutoConfiguration.class,
                        MemoryLockDriverAutoConfiguration.class,
                        LockEndpointAutoConfiguration.class,
                        EndpointAutoConfiguration.class,
                        WebEndpointAutoConfiguration.class))
                .withInitializer(
                        context -> context.getEnvironment().setConversionService(new ApplicationConversionService()))
                .withPropertyValues("distlock.driver=memory", "management.endpoints.web.exposure.include=*", property)
                .run(context -> assertThat(operations(context)).isEqualTo(operations));
    }

    private static String operations(ApplicationContext context) {
        return context.getBean(WebEndpointsSupplier.class).getEndpoints().stream()
                .filter(endpoint -> endpoint.getEndpointId().equals(EndpointId.of("distlock")))
                .flatMap(endpoint -> endpoint.getOperations().stream())
                .map(operation ->
                        operation.getRequestPredicate().getHttpMethod().name())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static void nested(Locker locker, LockRequest outer, LockRequest inner) {
        locker.run(outer, first -> locker.run(inner, second -> {}));
    }

    static final class Audit {

        private final List<AuditApplicationEvent> events = new ArrayList<>();

        @EventListener
        void hear(AuditApplicationEvent event) {
            this.events.add(event);
        }
    }

    private static final class Seen {

        private final AssertableApplicationContext context;

        private final List<Lease> leases = new ArrayList<>();

        Seen(AssertableApplicationContext context) {
            this.context = context;
        }

        LockEndpoint endpoint() {
            return this.context.getBean(LockEndpoint.class);
        }

        WatchedLocker locker() {
            return this.context.getBean(WatchedLocker.class);
        }

        Audit audit() {
            return this.context.getBean(Audit.class);
        }

        JsonNode locks(Integer offset, Integer limit) {
            return JSON.valueToTree(endpoint().locks(offset, limit));
        }

        JsonNode key(String key) {
            return JSON.valueToTree(endpoint().key("default", key).getBody());
        }

        WebEndpointResponse<?> free(String key, String token) {
            return endpoint().free("default", key, token, new SecurityContext() {
                @Override
                public Principal getPrincipal() {
                    return () -> "ops";
                }

                @Override
                public boolean isUserInRole(String role) {
                    return true;
                }
            });
        }

        Thread holdThenWait(String held, String wanted, CountDownLatch both) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            locker().run(held, lease -> {
                                both.countDown();
                                both.await();
                                locker().run(wanted, got -> {});
                            });
                        } catch (Exception ended) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    held + " then " + wanted);
            thread.start();
            return thread;
        }
    }
}
