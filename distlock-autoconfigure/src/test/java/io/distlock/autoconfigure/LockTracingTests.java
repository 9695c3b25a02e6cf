package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockEvent;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.LockTracing;
import io.distlock.WatchedLocker;
import io.distlock.driver.LockDriverFactory;
import io.distlock.memory.MemoryLockDriverAutoConfiguration;
import io.distlock.memory.MemoryLockDriverFactory;
import io.distlock.observe.DefaultLockObservationConvention;
import io.distlock.observe.LockObservationContext;
import io.distlock.observe.LockObservationContext.Phase;
import io.distlock.observe.LockObservationConvention;
import io.distlock.redis.RedisLockDriverFactory;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import io.micrometer.common.KeyValues;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The span of who waits is linked to that of who holds, over whichever instances. */
class LockTracingTests {

    private static final LockRequest REQUEST = LockRequest.of("order:42").name("orders");

    private final SimpleTracer here = new SimpleTracer();

    private final SimpleTracer there = new SimpleTracer();

    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DistlockAutoConfiguration.class,
                    MemoryLockDriverAutoConfiguration.class,
                    LockObservationsAutoConfiguration.class,
                    LockTracingAutoConfiguration.class,
                    ObservationAutoConfiguration.class,
                    MicrometerTracingAutoConfiguration.class));

    private final ApplicationContextRunner traced =
            this.bare.withPropertyValues("distlock.driver=memory").withBean(Tracer.class, () -> this.here);

    @Test
    void whoWaitsInTheSameInstanceIsLinkedToTheThreadThatHolds() {
        this.traced.run(context -> {
            WatchedLocker locker = context.getBean(WatchedLocker.class);
            TraceContext holder = under(this.here, "holder", () -> locker.acquire(REQUEST)).context;
            CompletableFuture<Lease> waiting = CompletableFuture.supplyAsync(
                    () -> under(this.here, "waiter", () -> locker.acquire(REQUEST)).lease);
            await().until(() -> !locker.locks().get(0).waits().isEmpty());
            free(locker);
            waiting.join().close();
            SimpleSpan acquisition = spans(this.here, "acquire orders").get(1);
            assertLinked(acquisition, holder);
            assertThat(acquisition.getTags())
                    .containsEntry("distlock.outcome", "acquired")
                    .containsEntry("distlock.key", "order:42");
            assertThat(Duration.between(acquisition.getStartTimestamp(), acquisition.getEndTimestamp()))
                    .isPositive();
            assertThat(acquisition.getTraceId()).isNotEqualTo(holder.traceId());
            await().untilAsserted(() -> assertThat(spans(this.here, "hold orders"))
                    .extracting(SimpleSpan::getTraceId)
                    .containsExactlyInAnyOrder(holder.traceId(), acquisition.getTraceId()));
            assertThat(spans(this.here, "acquire orders").get(0).getLinks()).isEmpty();
        });
    }

    @Test
    void whoIsRefusedIsLinkedToo() {
        this.traced.run(context -> {
            WatchedLocker locker = context.getBean(WatchedLocker.class);
            Held held = under(this.here, "holder", () -> locker.acquire(REQUEST));
            assertThat(locker.tryAcquire(REQUEST.waitFor(Duration.ZERO))).isEmpty();
            assertThat(locker.acquireAsync(REQUEST.waitFor(Duration.ofMillis(10))))
                    .failsWithin(Duration.ofSeconds(10));
            held.lease.close();
            List<SimpleSpan> acquisitions = spans(this.here, "acquire orders");
            assertThat(acquisitions).hasSize(3);
            assertLinked(acquisitions.get(1), held.context);
            assertLinked(acquisitions.get(2), held.context);
            assertThat(acquisitions.get(2).getTags()).containsEntry("distlock.outcome", "busy");
        });
    }

    @Test
    void whoWaitsElsewhereIsLinkedOverTheStore() {
        MemoryLockDriverFactory store = new MemoryLockDriverFactory();
        betweenInstances(
                this.bare.withPropertyValues("distlock.driver=memory").withBean(LockDriverFactory.class, () -> store));
    }

    @Test
    void whoWaitsElsewhereIsLinkedOverRedis() {
        TestRedis redis = RedisServers.shared();
        LettuceConnectionFactory connections = new LettuceConnectionFactory(redis.host(), redis.port());
        connections.afterPropertiesSet();
        connections.start();
        betweenInstances(this.bare
                .withPropertyValues("distlock.prefix=traced:" + UUID.randomUUID() + ":")
                .withBean(LockDriverFactory.class, () -> new RedisLockDriverFactory(connections)));
        connections.destroy();
    }

    private void betweenInstances(ApplicationContextRunner instance) {
        instance.withBean(Tracer.class, () -> this.here)
                .run(first -> instance.withBean(Tracer.class, () -> this.there).run(second -> {
                    WatchedLocker holding = first.getBean(WatchedLocker.class);
                    WatchedLocker waiting = second.getBean(WatchedLocker.class);
                    Held held = under(this.here, "holder", () -> holding.acquire(REQUEST));
                    assertThat(waiting.inspect("order:42").orElseThrow().metadata())
                            .hasEntrySatisfying(
                                    "traceparent",
                                    trace -> assertThat(trace)
                                            .hasSize(55)
                                            .contains(held.context.traceId(), held.context.spanId()));
                    CompletableFuture<Lease> lease = waiting.acquireAsync(REQUEST);
                    await().until(() ->
                            !holding.inspect("order:42").orElseThrow().waiting().isEmpty());
                    held.lease.close();
                    lease.join().close();
                    assertLinked(spans(this.there, "acquire orders").get(0), held.context);
                }));
    }

    @Test
    void aSpanThatIsNoneLeavesNothingToLinkTo() {
        this.bare
                .withPropertyValues("distlock.driver=memory")
                .withBean(Tracer.class, () -> Tracer.NOOP)
                .run(context -> assertThat(holderMetadata(context.getBean(WatchedLocker.class)))
                        .doesNotContainKey("traceparent"));
    }

    @Test
    void aHolderWithoutASpanLeavesNothingToLinkTo() {
        this.traced.run(context -> {
            WatchedLocker locker = context.getBean(WatchedLocker.class);
            try (Lease held = locker.acquire(REQUEST)) {
                assertThatExceptionOfType(LockNotAcquiredException.class)
                        .isThrownBy(() -> locker.acquire(REQUEST.waitFor(Duration.ZERO)));
                assertThat(locker.inspect("order:42").orElseThrow().metadata()).doesNotContainKey("traceparent");
            }
            assertThat(spans(this.here, "acquire orders"))
                    .hasSize(2)
                    .allMatch(span -> span.getLinks().isEmpty());
        });
    }

    @Test
    void whateverIsStoredBreaksNothing() {
        this.traced
                .withBean(LockTracing.class, () -> new Odd("x".repeat(200)))
                .run(context -> assertThat(holderMetadata(context.getBean(WatchedLocker.class)))
                        .doesNotContainKey("traceparent"));
        for (String text : List.of(
                "",
                "nonsense\n=%",
                "00-" + "g".repeat(32) + "-" + "1".repeat(16) + "-01",
                "00-" + "0".repeat(32) + "-" + "1".repeat(16) + "-01")) {
            AtomicReference<SimpleSpan> refused = new AtomicReference<>();
            this.traced.run(context -> {
                WatchedLocker locker = context.getBean(WatchedLocker.class);
                try (Lease held = locker.acquire(REQUEST.metadata(Map.of("traceparent", text)))) {
                    assertThat(locker.tryAcquire(REQUEST.waitFor(Duration.ZERO)))
                            .isEmpty();
                }
                List<SimpleSpan> all = spans(this.here, "acquire orders");
                refused.set(all.get(all.size() - 1));
            });
            assertThat(refused.get().getLinks()).isEmpty();
        }
    }

    private static Map<String, String> holderMetadata(WatchedLocker locker) {
        try (Lease held = locker.acquire(REQUEST)) {
            return locker.inspect("order:42").orElseThrow().metadata();
        }
    }

    @Test
    void aReplacedConventionNamesTheLinkedSpan() {
        this.traced
                .withBean(LockObservationConvention.class, () -> new DefaultLockObservationConvention(Phase.ACQUIRE) {
                    @Override
                    public KeyValues getLowCardinalityKeyValues(LockObservationContext context) {
                        return super.getLowCardinalityKeyValues(context).and("shop", "berlin");
                    }
                })
                .run(context -> {
                    WatchedLocker locker = context.getBean(WatchedLocker.class);
                    Held held = under(this.here, "holder", () -> locker.acquire(REQUEST));
                    assertThat(locker.tryAcquire(REQUEST.waitFor(Duration.ZERO)))
                            .isEmpty();
                    held.lease.close();
                    SimpleSpan refused = spans(this.here, "acquire orders").get(1);
                    assertLinked(refused, held.context);
                    assertThat(refused.getTags()).containsEntry("shop", "berlin");
                });
    }

    @Test
    void withoutATracerOrItsLibraryNothingIsThere() {
        for (ApplicationContextRunner untraced :
                List.of(this.bare, this.traced.withClassLoader(new FilteredClassLoader("io.micrometer.tracing")))) {
            untraced.withPropertyValues("distlock.driver=memory").run(context -> {
                assertThat(context).hasNotFailed();
                assertThat(context).doesNotHaveBean(LockTracing.class).doesNotHaveBean("lockSpans");
                assertThat(holderMetadata(context.getBean(WatchedLocker.class))).doesNotContainKey("traceparent");
            });
        }
    }

    private record Odd(String text) implements LockTracing {

        @Override
        public Optional<String> current() {
            return Optional.of(this.text);
        }

        @Override
        public void heldBy(LockEvent event, String trace) {
            throw new IllegalStateException("a failure of the application's own");
        }
    }

    private static void free(WatchedLocker locker) {
        locker.free("order:42", locker.inspect("order:42").orElseThrow().token());
    }

    private static List<SimpleSpan> spans(SimpleTracer tracer, String name) {
        await().until(() -> tracer.getSpans().stream()
                        .filter(span -> name.equals(span.getName()))
                        .count()
                >= 1);
        return tracer.getSpans().stream()
                .filter(span -> name.equals(span.getName()))
                .toList();
    }

    private static void assertLinked(SimpleSpan span, TraceContext holder) {
        assertThat(span.getLinks())
                .singleElement()
                .extracting(Link::getTraceContext)
                .satisfies(linked -> {
                    assertThat(linked.traceId()).endsWith(holder.traceId());
                    assertThat(linked.spanId()).endsWith(holder.spanId());
                });
    }

    private static Held under(Tracer tracer, String name, Supplier<Lease> work) {
        Span span = tracer.nextSpan().name(name).start();
        try (Tracer.SpanInScope scope = tracer.withSpan(span)) {
            return new Held(work.get(), span.context());
        } finally {
            span.end();
        }
    }

    private record Held(Lease lease, TraceContext context) {}
}
