package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.ReleaseOutcome;
import io.distlock.core.DistributedLocker;
import io.distlock.driver.DriverSettings;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Giving back so many locks that all together take longer than one answer may. */
class ManyReleasesTests {

    private static final LockRequest MANY = LockRequest.of(
                    "k", IntStream.range(0, 19_999).mapToObj(i -> "k" + i).toArray(String[]::new))
            .ttl(Duration.ofMinutes(10));

    private final PrivateRedis redis = RedisServers.start();

    private final LettuceConnectionFactory connections = Connections.to(this.redis);

    @AfterEach
    void close() {
        this.connections.destroy();
        this.redis.close();
    }

    @Test
    void theLastIsAnsweredAsSoonAsTheFirst() {
        release(Duration.ofMinutes(1)); // the first time is the slowest
        Duration all = release(Duration.ofMinutes(1));
        release(all.dividedBy(4));
    }

    /** @return how long it took */
    private Duration release(Duration timeout) {
        try (DistributedLocker locker = locker(timeout)) {
            Lease lease = locker.acquire(MANY);
            long start = System.nanoTime();
            assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
            return Duration.ofNanos(System.nanoTime() - start);
        }
    }

    private DistributedLocker locker(Duration timeout) {
        return Connections.locker(
                usual -> new RedisLockDriverFactory(this.connections)
                        .create(new DriverSettings(
                                usual.locker(),
                                usual.prefix(),
                                usual.instance(),
                                timeout,
                                usual.recordRetention(),
                                true,
                                Optional.empty())),
                "distlock:");
    }
}
