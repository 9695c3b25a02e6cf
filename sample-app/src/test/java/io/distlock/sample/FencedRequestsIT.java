package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Locker;
import io.distlock.fence.FenceFilter;
import io.distlock.fence.FenceHeader;
import io.distlock.fence.FenceInterceptor;
import io.distlock.fence.RedisFenceGuard;
import io.distlock.sample.Concert.Answer;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** One service calls another under a lock, over a real web server, and comes too late. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext // or it would still write into the directory while that is deleted
@Import(FencedRequestsIT.Payments.class)
class FencedRequestsIT {

    @TempDir
    static Path data;

    private static final TestRedis REDIS = RedisServers.shared();

    @LocalServerPort
    private int port;

    @Autowired
    private Payments payments;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        registry.add("distlock.command-timeout", () -> "5s"); // on a busy machine everything is slow
        registry.add("spring.data.redis.host", REDIS::host);
        registry.add("spring.data.redis.port", REDIS::port);
        registry.add("spring.datasource.url", () -> "jdbc:h2:async:" + data + "/seats;AUTO_SERVER=TRUE");
    }

    @RestController
    static class Payments {

        private final AtomicInteger made = new AtomicInteger();

        @PostMapping("/payments")
        String pay() {
            return "payment " + this.made.incrementAndGet();
        }
    }

    @TestConfiguration
    static class Fenced {

        @Bean
        FilterRegistrationBean<FenceFilter> fencedPayments(StringRedisTemplate redis) {
            RedisFenceGuard guard =
                    new RedisFenceGuard(redis, "fence:" + UUID.randomUUID() + ":", Duration.ofMinutes(1));
            FilterRegistrationBean<FenceFilter> filter = new FilterRegistrationBean<>(new FenceFilter(guard, true));
            filter.addUrlPatterns("/payments");
            return filter;
        }
    }

    @Test
    void whatComesUnderAnOvertakenLeaseIsRefusedBeforeItIsServed(@Autowired Locker locker) {
        RestClient caller = RestClient.builder()
                .baseUrl("http://localhost:" + this.port)
                .requestInterceptor(new FenceInterceptor())
                .build();
        AtomicReference<String> overtaken = new AtomicReference<>("");
        locker.run("order:42", lease -> {
            overtaken.set(FenceHeader.of(lease));
            assertThat(pay(caller, null)).isEqualTo(new Answer(200, "payment 1"));
        });
        locker.run("order:42", lease -> assertThat(pay(caller, null)).isEqualTo(new Answer(200, "payment 2")));

        Answer late = pay(caller, overtaken.get());
        assertThat(late.status()).isEqualTo(412);
        assertThat(late.body()).contains("'order:42'", "later lease");
        assertThat(pay(caller, null).status()).isEqualTo(428);
        assertThat(pay(caller, "order%3A42").status()).isEqualTo(400);
        assertThat(this.payments.made).hasValue(2);
    }

    /** @param fence null = as the interceptor has it */
    private static Answer pay(RestClient caller, String fence) {
        RestClient.RequestBodySpec request = caller.post().uri("/payments");
        if (fence != null) {
            request.header(FenceHeader.NAME, fence);
        }
        return request.exchange((sent, response) -> new Answer(
                response.getStatusCode().value(),
                new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8)));
    }
}
