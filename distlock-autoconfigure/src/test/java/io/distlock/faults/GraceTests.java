package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.faults.Testimony.Write;
import io.distlock.testredis.Cable;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Writes that take 400 ms to arrive at something that checks no fence, sent while the lock was held. */
@Tag("faults")
@Isolated("times what processes do")
class GraceTests {

    private static final String KEY = "orders";

    private static final Duration TTL = Duration.ofMillis(1500);

    private static final Duration ENOUGH =
            Duration.ofNanos(WaiterWork.WRITE_DELAY).plusMillis(100);

    private static final int ROUNDS = 4;

    private final PrivateRedis redis = RedisServers.start();

    /** The way of the first, which alone is harmed. */
    private final Cable cable = Cable.to(this.redis);

    @AfterEach
    void close() {
        this.cable.close();
        this.redis.close();
    }

    @Test
    void withGraceNoWriteArrivesAmongThoseOfTheNextHolderWhenTheFirstIsCutOff() {
        assertThat(writesAmongOthers(ENOUGH, this::blackHole)).isZero();
    }

    @Test
    void withGraceNoWriteArrivesAmongThoseOfTheNextHolderWhenTheFirstStandsStill() {
        assertThat(writesAmongOthers(ENOUGH, this::freeze)).isZero();
    }

    @Test
    void withoutGraceSomeDo() {
        assertThat(writesAmongOthers(Duration.ZERO, this::blackHole)).isPositive();
    }

    private long writesAmongOthers(Duration grace, HarmOfOne harm) {
        try (Workers workers = Workers.start(
                List.of(Setting.redis(this.cable), Setting.redis(this.redis), Setting.redis(this.redis)),
                Setting.ttl(TTL),
                Setting.grace(grace),
                Setting.WITHOUT_PASSING)) {
            workers.get(0).writeInTurns(KEY, TTL, Duration.ofMinutes(1));
            workers.get(1).writeInTurns(KEY, TTL, Duration.ofMillis(300));
            workers.get(2).writeInTurns(KEY, TTL, Duration.ofMillis(300));
            for (int i = 0; i < ROUNDS; i++) {
                await().atMost(Duration.ofSeconds(20)).until(() -> isWriting(workers));
                harm.happenTo(workers.get(0));
            }
            workers.forEach(WaiterProcess::beginRest);
            workers.forEach(WaiterProcess::awaitRest);
            long among = amongOthers(Stream.of(0, 1, 2)
                    .flatMap(i -> workers.get(i).testimony().writes().stream())
                    .toList());
            System.out.printf(
                    "%d rounds with a grace of %d ms: %d writes among those of a later holder%n",
                    ROUNDS, grace.toMillis(), among);
            return among;
        }
    }

    /** Whether the first, which keeps the lock, has it. */
    private static boolean isWriting(Workers workers) {
        return latest(workers.get(0)) > Math.max(latest(workers.get(1)), latest(workers.get(2)));
    }

    private static long latest(WaiterProcess worker) {
        return worker.testimony().writes().stream()
                .mapToLong(Write::fence)
                .max()
                .orElse(0);
    }

    private static long amongOthers(List<Write> writes) {
        long highest = 0;
        long among = 0;
        for (Write write :
                writes.stream().sorted(Comparator.comparingLong(Write::arrives)).toList()) {
            among += write.fence() < highest ? 1 : 0;
            highest = Math.max(highest, write.fence());
        }
        return among;
    }

    private void blackHole(WaiterProcess first) {
        this.cable.holdUp();
        await().pollDelay(TTL.multipliedBy(2)).until(() -> true);
        this.cable.heal();
    }

    private void freeze(WaiterProcess first) {
        first.freeze();
        await().pollDelay(TTL.multipliedBy(2)).until(() -> true);
        first.thaw();
    }

    private interface HarmOfOne {

        void happenTo(WaiterProcess first);
    }
}
