package io.distlock.faults;

import io.distlock.LockRequest;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three instances take one lock in turns while something breaks. */
@Execution(ExecutionMode.CONCURRENT)
class FaultsWhileLockingTests {

    private static final String KEY = "orders";

    private static final Duration TTL = Duration.ofMillis(1500);

    private final PrivateRedis redis = RedisServers.start();

    private final List<RunningInstance> instances = Stream.generate(() ->
                    RunningInstance.with(this.redis).ttl(TTL).withoutPassing().start())
            .limit(3)
            .toList();

    private final History history = new History();

    @AfterEach
    void close() {
        this.instances.forEach(RunningInstance::close);
        this.redis.close();
    }

    @ParameterizedTest
    @EnumSource
    void neverTwoAtOnceAndEverybodyComesHome(Fault fault) {
        try (Crowd crowd = Crowd.start(this.instances, 3, LockRequest.of(KEY), Duration.ofMillis(5), this.history);
                Crowd keepers = Crowd.start(this.instances, 1, LockRequest.of("kept"), TTL, this.history);
                Stalls stalls = Stalls.begin()) {
            crowd.awaitTurnsOfAll(3);
            for (int i = 0; i < 2; i++) {
                fault.happen(this.redis, this.history);
                crowd.awaitTurnsOfAll(1);
            }
            crowd.awaitTurnsOfAll(3);
            keepers.end();
            crowd.end();
            this.history.assertExclusive();
            // whoever is deaf to "not mine" believes for two thirds of the ttl at least
            Duration nextRenewal = TTL.dividedBy(3).plusMillis(250);
            stalls.unlessLongerThan(
                    TTL.dividedBy(10),
                    () -> this.history.assertLossesWereNoticedWithin(fault.leavesRedisThere() ? nextRenewal : TTL));
        }
        Leftovers.assertNoneIn(this.redis, TTL);
    }
}
