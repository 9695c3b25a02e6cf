package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.sample.Concert.Answer;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext // or it would still write into the directory while that is deleted
class SeatBookingIT {

    @TempDir
    static Path data;

    private static final TestRedis REDIS = RedisServers.shared();

    private Concert concert;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        registry.add("distlock.command-timeout", () -> "5s"); // on a busy machine everything is slow
        registry.add("spring.data.redis.host", REDIS::host);
        registry.add("spring.data.redis.port", REDIS::port);
        registry.add("spring.datasource.url", () -> "jdbc:h2:async:" + data + "/seats;AUTO_SERVER=TRUE");
    }

    @BeforeEach
    void openTheHall(@LocalServerPort int port) {
        this.concert = new Concert(port);
        assertThat(this.concert.reset().status()).isEqualTo(200);
    }

    @Test
    void withTheLockTwoHundredBuyersGetTwentySeats() {
        List<Answer> answers = Concert.rush("A", true, this.concert);
        assertThat(answers).extracting(Answer::status).containsOnly(201, 409);
        assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(20);
        assertThat(this.concert.ticketsPerSeat("A")).containsOnly(1);
    }

    @Test
    void withoutTheLockSeatsAreSoldMoreThanOnce() {
        Concert.rush("B", false, this.concert);
        assertThat(this.concert.ticketsPerSeat("B")).doesNotContain(0).anyMatch(tickets -> tickets > 1);
    }

    @Test
    void aSeatIsSoldOnce() {
        assertThat(this.concert.book("C/7", "Ada").status()).isEqualTo(201);
        Answer second = this.concert.book("C/7", "Bob");
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.body()).contains("Seat C7 is sold");
        assertThat(this.concert.seats()).hasSize(100).containsEntry("C7", List.of("Ada"));
    }

    @Test
    void aSeatWhoseLockIsBusyTooLongIsRefusedAndSaysWhoHoldsIt() {
        REDIS.call("SET", "distlock:seat:D1", "some-other-client", "NX", "PX", "60000");
        try {
            Answer answer = this.concert.book("D/1", "Ada");
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.body()).contains("seat:D1", "some-other-client");
            assertThat(this.concert.get("/live?after=0").body()).contains("some-other-client");
        } finally {
            REDIS.call("DEL", "distlock:seat:D1");
        }
        assertThat(this.concert.book("D/1", "Ada").status()).isEqualTo(201);
    }

    @Test
    void aSaleUnderALeaseThatWasOvertakenIsRefused(@Autowired JdbcTemplate jdbc) {
        jdbc.update("insert into distlock_fence (resource, fence) values ('seat:D2', ?)", Long.MAX_VALUE);
        Answer answer = this.concert.book("D/2", "Ada");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body()).contains("seat:D2", "later lease");
        assertThat(this.concert.seats().get("D2")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"F/1", "a/1", "A/0", "A/21"})
    void aSeatOutsideTheHallIsNotFound(String seat) {
        Answer answer = this.concert.book(seat, "Ada");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("No seat " + seat.replace("/", ""));
    }

    @Test
    void aSeatWithoutANumberIsABadRequest() {
        assertThat(this.concert.book("A/one", "Ada").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"buyer\":\" \"}", "{\"buyer\":null}", "{}", "nonsense", ""})
    void aBookingWithoutABuyerIsABadRequest(String body) {
        assertThat(this.concert.bookWithBody("E/1", body).status()).isEqualTo(400);
        assertThat(this.concert.seats().get("E1")).isEmpty();
    }

    @Test
    void aBuyerWithATooLongNameIsABadRequest() {
        assertThat(this.concert.book("E/1", "A".repeat(101)).status()).isEqualTo(400);
    }

    @Test
    void thePageAndItsFilesAreServed() {
        assertThat(this.concert.get("/").body()).contains("app.js", "app.css");
        assertThat(this.concert.get("/app.js").status()).isEqualTo(200);
        assertThat(this.concert.get("/app.css").status()).isEqualTo(200);
    }

    @Test
    void whatTheReadmeTellsToTypeIsAnsweredAsItSays() {
        List<Typed.Curl> requests = Typed.requests();
        assertThat(requests).hasSize(2);
        assertThat(this.concert.get(requests.get(0).path()).body()).contains("\"A7\"");
        Typed.Curl sale = requests.get(1);
        String seat = sale.path().replaceAll("/seats/(.+)/bookings", "$1");
        String body = sale.body().orElseThrow();
        assertThat(Typed.statuses())
                .as("503 is an answer too: see TwoInstancesIT")
                .containsExactlyInAnyOrder(
                        503,
                        this.concert.bookWithBody(seat, body).status(),
                        this.concert.bookWithBody(seat, body).status(),
                        this.concert.bookWithBody(seat, "{}").status(),
                        this.concert.bookWithBody("Z/1", body).status());

        assertThat(REDIS.call(Typed.redis())).isEqualTo("OK");
        try {
            Answer answer = this.concert.book("B/1", "Ada");
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.body()).contains("seat:B1");
        } finally {
            REDIS.call("DEL", "distlock:seat:B1");
        }
    }
}
