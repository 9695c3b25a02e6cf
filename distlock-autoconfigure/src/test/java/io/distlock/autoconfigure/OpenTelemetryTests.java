package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.WatchedLocker;
import io.distlock.driver.LockDriverFactory;
import io.distlock.memory.MemoryLockDriverAutoConfiguration;
import io.distlock.memory.MemoryLockDriverFactory;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What an application exports that traces with OpenTelemetry: spans with links, as their receivers get them. */
class OpenTelemetryTests {

    private static final LockRequest REQUEST = LockRequest.of("order:42").name("orders");

    private final InMemorySpanExporter here = InMemorySpanExporter.create();

    private final InMemorySpanExporter there = InMemorySpanExporter.create();

    private final MemoryLockDriverFactory store = new MemoryLockDriverFactory();

    private final ApplicationContextRunner instance = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DistlockAutoConfiguration.class,
                    MemoryLockDriverAutoConfiguration.class,
                    LockObservationsAutoConfiguration.class,
                    LockTracingAutoConfiguration.class,
                    ObservationAutoConfiguration.class,
                    MicrometerTracingAutoConfiguration.class))
            .withBean(LockDriverFactory.class, () -> this.store)
            .withPropertyValues("distlock.driver=memory");

    @Test
    void whoWaitsElsewhereIsLinkedToTheSpanOfTheHolder() {
        Tracer holding = tracer(this.here);
        Tracer waiting = tracer(this.there);
        this.instance
                .withBean(Tracer.class, () -> holding)
                .run(first -> this.instance
                        .withBean(Tracer.class, () -> waiting)
                        .run(second -> {
                            WatchedLocker one = first.getBean(WatchedLocker.class);
                            WatchedLocker other = second.getBean(WatchedLocker.class);
                            Lease held = under(holding, "sell", () -> one.acquire(REQUEST));
                            CompletableFuture<Lease> awaited =
                                    under(waiting, "refund", () -> other.acquireAsync(REQUEST));
                            await().until(() -> !one.inspect("order:42")
                                    .orElseThrow()
                                    .waiting()
                                    .isEmpty());
                            held.close();
                            awaited.join().close();

                            SpanData sell = span(this.here, "sell");
                            SpanData refund = span(this.there, "refund");
                            SpanData acquisition = span(this.there, "acquire orders");
                            assertThat(acquisition.getLinks()).singleElement().satisfies(link -> {
                                assertThat(link.getSpanContext().getTraceId()).isEqualTo(sell.getTraceId());
                                assertThat(link.getSpanContext().getSpanId()).isEqualTo(sell.getSpanId());
                                assertThat(link.getSpanContext().isSampled()).isTrue();
                            });
                            assertThat(acquisition.getTraceId()).isEqualTo(refund.getTraceId());
                            assertThat(acquisition.getParentSpanId()).isEqualTo(refund.getSpanId());
                            assertThat(acquisition.getEndEpochNanos() - acquisition.getStartEpochNanos())
                                    .isPositive();
                            assertThat(acquisition.getAttributes().get(AttributeKey.stringKey("distlock.key")))
                                    .isEqualTo("order:42");
                            assertThat(acquisition.getAttributes().get(AttributeKey.stringKey("distlock.outcome")))
                                    .isEqualTo("acquired");
                            assertThat(span(this.there, "hold orders").getParentSpanId())
                                    .isEqualTo(refund.getSpanId());
                            assertThat(span(this.here, "acquire orders").getLinks())
                                    .isEmpty();
                        }));
    }

    @Test
    void whoIsRefusedInTheSameInstanceIsLinkedToo() {
        Tracer tracer = tracer(this.here);
        this.instance.withBean(Tracer.class, () -> tracer).run(context -> {
            WatchedLocker locker = context.getBean(WatchedLocker.class);
            Lease held = under(tracer, "sell", () -> locker.acquire(REQUEST));
            assertThat(locker.tryAcquire(REQUEST.waitFor(Duration.ZERO))).isEmpty();
            held.close();
            SpanData sell = span(this.here, "sell");
            List<SpanData> acquisitions = this.here.getFinishedSpanItems().stream()
                    .filter(span -> span.getName().equals("acquire orders"))
                    .toList();
            assertThat(acquisitions).hasSize(2);
            assertThat(acquisitions.get(1).getLinks())
                    .singleElement()
                    .satisfies(link ->
                            assertThat(link.getSpanContext().getSpanId()).isEqualTo(sell.getSpanId()));
        });
    }

    private static Tracer tracer(InMemorySpanExporter exporter) {
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build();
        return new OtelTracer(provider.get("shop"), new OtelCurrentTraceContext(), event -> {});
    }

    private static SpanData span(InMemorySpanExporter exporter, String name) {
        return await().until(
                        () -> exporter.getFinishedSpanItems().stream()
                                .filter(span -> span.getName().equals(name))
                                .toList(),
                        spans -> !spans.isEmpty())
                .get(0);
    }

    private static <T> T under(Tracer tracer, String name, Supplier<T> work) {
        Span span = tracer.nextSpan().name(name).start();
        try (Tracer.SpanInScope scope = tracer.withSpan(span)) {
            return work.get();
        } finally {
            span.end();
        }
    }
}
