package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.Locker;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The endpoint over HTTP where nobody has said what it may do: what the sample says of it is taken back. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext // or it would still write into the directory while that is deleted
class FreeingIsRestrictedIT {

    @TempDir
    static Path data;

    @LocalServerPort
    private int port;

    @Autowired
    private Locker locker;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        TestRedis redis = RedisServers.shared();
        registry.add("management.endpoint.distlock.access", () -> "");
        registry.add("distlock.prefix", () -> "restricted:");
        registry.add("distlock.command-timeout", () -> "5s"); // on a busy machine everything is slow
        registry.add("spring.data.redis.host", redis::host);
        registry.add("spring.data.redis.port", redis::port);
        registry.add("spring.datasource.url", () -> "jdbc:h2:async:" + data + "/seats;AUTO_SERVER=TRUE");
    }

    @Test
    void whoMayOnlyReadSeesTheHolderAndFreesNothing() throws Exception {
        try (Lease lease = this.locker.acquire("order:42")) {
            HttpResponse<String> found = send("GET", "");
            assertThat(found.statusCode()).isEqualTo(200);
            String token = found.body().replaceAll(".*\"token\":\"([^\"]*)\".*", "$1");
            assertThat(send("DELETE", "&token=" + token).statusCode()).isEqualTo(405);
            assertThat(lease.isHeld()).isTrue();
            assertThat(this.locker.inspect("order:42")).isPresent();
        }
    }

    private HttpResponse<String> send(String method, String more) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + this.port
                                        + "/actuator/distlock/default?key=order:42" + more))
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
