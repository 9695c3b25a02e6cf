package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.sample.Concert.Answer;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one database and one Redis. */
class TwoInstancesIT {

    @TempDir
    Path data;

    @Test
    void shareTheLocksOfTheRedisThatIsConfigured() throws Exception {
        TestRedis redis = RedisServers.shared();
        String[] settings = {"--spring.data.redis.host=" + redis.host(), "--spring.data.redis.port=" + redis.port()};
        try (SampleProcess first = SampleProcess.start(this.data, settings);
                SampleProcess second = SampleProcess.start(this.data, settings)) {
            sellEachSeatOnce(first.concert(), second.concert());
            assertThat(first.output()).doesNotContain("Without spring.data.redis.*");
        }
    }

    @Test
    void shareTheRedisThatTheFirstOfThemStarts() throws Exception {
        String port = String.valueOf(freePort());
        try (SampleProcess first = SampleProcess.start(this.data, "--sample.redis-port=" + port);
                SampleProcess second = SampleProcess.start(this.data, "--sample.redis-port=" + port)) {
            assertThat(first.output())
                    .containsPattern(
                            "has started \\S*redis-server\\S* on localhost:" + port + " until this process ends");
            assertThat(second.output()).contains("uses the Redis that answers on localhost:" + port);
            sellEachSeatOnce(first.concert(), second.concert());

            first.close();
            Answer answer = second.concert().book("C/1", "Ada");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("seat:C1", "unavailable");
            assertThat(second.concert().seats().get("C1")).isEmpty();
        }
    }

    private static void sellEachSeatOnce(Concert first, Concert second) {
        List<Answer> answers = Concert.rush("A", true, first, second);
        assertThat(answers).extracting(Answer::status).containsOnly(201, 409);
        assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(20);
        assertThat(first.ticketsPerSeat("A")).containsOnly(1);
        assertThat(second.seats()).isEqualTo(first.seats());

        Concert.rush("B", false, first, second);
        assertThat(first.ticketsPerSeat("B")).anyMatch(tickets -> tickets > 1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
