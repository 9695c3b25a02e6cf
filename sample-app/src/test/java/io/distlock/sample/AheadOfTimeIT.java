package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The beans come from generated code; which of them there are was decided when the sample was built. */
class AheadOfTimeIT {

    @TempDir
    Path data;

    @Test
    void whatWasGeneratedStartsAndLocks() throws Exception {
        TestRedis redis = RedisServers.shared();
        try (SampleProcess sample = SampleProcess.startAheadOfTime(
                this.data, "--sample.redis-port=" + redis.port(), "--distlock.prefix=aot:")) {
            assertThat(sample.output()).contains("Starting AOT-processed SampleApplication");
            assertThat(sample.concert().book("A/1", "Ada").status()).isEqualTo(201);

            redis.call("SET", "aot:seat:A2", "stranger", "NX", "PX", "60000");
            assertThat(sample.concert().book("A/2", "Ada").status()).isEqualTo(409);
            redis.call("DEL", "aot:seat:A2");
            assertThat(sample.concert().book("A/2", "Ada").status()).isEqualTo(201);
        }
    }
}
