package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException;
import io.distlock.Locker;
import io.distlock.ReleaseOutcome;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** An application stops while its web server and its executor work under locks in a real Redis. */
@ExtendWith(OutputCaptureExtension.class)
class ShutdownIT {

    private static final TestRedis REDIS = RedisServers.shared();

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String prefix = "shutdown:" + UUID.randomUUID() + ":";

    @TempDir
    Path data;

    private ConfigurableApplicationContext start(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "--server.port=0",
                "--spring.data.redis.host=" + REDIS.host(),
                "--spring.data.redis.port=" + REDIS.port(),
                "--spring.datasource.url=jdbc:h2:async:" + this.data + "/seats;AUTO_SERVER=TRUE",
                "--distlock.command-timeout=3s",
                "--distlock.prefix=" + this.prefix));
        settings.addAll(List.of(more));
        return new SpringApplicationBuilder(SampleApplication.class, Work.class, Heard.class)
                .run(settings.toArray(String[]::new));
    }

    @Test
    void requestsAndTasksEndUnderTheirLocksAndLockOnBeforeTheLockersClose(CapturedOutput output) throws Exception {
        ConfigurableApplicationContext context = start();
        Work work = context.getBean(Work.class);
        Locker locker = context.getBean(Locker.class);
        CompletableFuture<HttpResponse<String>> request = post(context, "request");
        Future<String> task = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class)
                .submit(() -> work.under("task"));
        work.awaitBegun("request");
        work.awaitBegun("task");

        // in a thread of its own: the common pool, which hands out the answer of the request, may have just one
        CompletableFuture<Void> closing =
                CompletableFuture.runAsync(context::close, close -> new Thread(close).start());
        await().atMost(PATIENCE).until(context::isClosed);
        work.end("request");
        assertThat(request).succeedsWithin(PATIENCE).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("request locked request-next, too");
        });
        assertThat(closing).as("the executor still works").isNotDone();
        assertThat(REDIS.call("GET", this.prefix + "task")).isNotNull();
        work.end("task");
        assertThat(task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("task locked task-next, too");
        assertThat(closing).succeedsWithin(PATIENCE);

        Heard heard = work.heard;
        assertThat(heard.released).hasSize(4).containsOnly(ReleaseOutcome.RELEASED);
        assertThat(heard.lost).isEmpty();
        assertThat(REDIS.call("GET", this.prefix + "request")).isNull();
        assertThat(REDIS.call("GET", this.prefix + "task")).isNull();
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> locker.acquire("another"))
                .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(LockNotAcquiredException.Reason.CLOSED));
        assertThat(output).doesNotContain("closes while locks are held").doesNotContain(" ERROR ");
    }

    @Test
    void workThatNobodyWaitsForIsToldAndLoggedAndItsKeyStays(CapturedOutput output) throws Exception {
        ConfigurableApplicationContext context = start("--distlock.shutdown-grace=300ms", "--distlock.ttl=60s");
        Work work = context.getBean(Work.class);
        Thread stray = new Thread(() -> work.under("stray"));
        stray.start();
        work.awaitBegun("stray");
        context.close();

        assertThat(output).contains("closes while locks are held; they end with their ttl: 'stray' (");
        await().atMost(PATIENCE).until(() -> work.heard.lost.size() == 1);
        assertThat(work.heard.lost.peek().reason()).isEqualTo(LockLost.Reason.CLOSED);
        assertThat((Long) REDIS.call("PTTL", this.prefix + "stray")).isPositive();
        work.end("stray");
        stray.join(PATIENCE.toMillis());
        assertThat(stray.isAlive()).isFalse();
        REDIS.call("DEL", this.prefix + "stray");
    }

    private static CompletableFuture<HttpResponse<String>> post(ConfigurableApplicationContext context, String key) {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/work?key=" + key))
                .POST(BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().sendAsync(request, BodyHandlers.ofString());
    }

    /** Goes on under its lock until it is told to end, and then takes one more. */
    @RestController
    static class Work {

        private final Locker locker;

        private final Heard heard;

        private final Map<String, CountDownLatch> begun = new ConcurrentHashMap<>();

        private final Map<String, CountDownLatch> ended = new ConcurrentHashMap<>();

        Work(Locker locker, Heard heard) {
            this.locker = locker;
            this.heard = heard;
        }

        @PostMapping("/work")
        String under(@RequestParam String key) {
            try (Lease lease = this.locker.acquire(key)) {
                of(this.begun, lease.key()).countDown();
                of(this.ended, key).await();
                try (Lease next = this.locker.acquire(key + "-next")) {
                    return key + " locked " + next.key() + ", too";
                }
            } catch (InterruptedException | LockNotAcquiredException over) {
                return key + " was told to stop: " + over;
            }
        }

        void awaitBegun(String key) throws InterruptedException {
            assertThat(of(this.begun, key).await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }

        void end(String key) {
            of(this.ended, key).countDown();
        }

        private static CountDownLatch of(Map<String, CountDownLatch> latches, String key) {
            return latches.computeIfAbsent(key, any -> new CountDownLatch(1));
        }
    }

    static class Heard implements LockListener {

        private final Queue<ReleaseOutcome> released = new ConcurrentLinkedQueue<>();

        private final Queue<LockLost> lost = new ConcurrentLinkedQueue<>();

        @Override
        public void onReleased(LockEvent event, ReleaseOutcome outcome) {
            this.released.add(outcome);
        }

        @Override
        public void onLost(LockLost loss) {
            this.lost.add(loss);
        }
    }
}
