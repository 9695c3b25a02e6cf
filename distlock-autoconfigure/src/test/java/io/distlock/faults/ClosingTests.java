package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What others notice of an instance that ends. */
@Isolated("reads what is printed")
@ExtendWith(OutputCaptureExtension.class)
class ClosingTests {

    private final PrivateRedis redis = RedisServers.start();

    private final Observer observer = new Observer(this.redis);

    @AfterEach
    void close() {
        this.redis.close();
    }

    @Test
    void anInstanceThatHoldsAndWaitsLeavesWithoutAWordAndWithoutATrace(CapturedOutput output) {
        // not renewed meanwhile: that, too, makes an instance listen
        RunningInstance stays =
                RunningInstance.with(this.redis).ttl(Duration.ofMinutes(1)).start();
        RunningInstance goes = RunningInstance.on(this.redis);
        Lease theirs = stays.locker().acquire("theirs");
        Lease ours = goes.locker().acquire("ours");
        Caller waiting = Caller.of(goes, LockRequest.of("theirs"));
        this.observer.awaitWaiting("theirs", 1);
        this.observer.awaitSubscriptions(1);
        goes.close();
        assertThat(waiting.refusal().reason()).hasToString("CLOSED");
        assertThat(this.observer.waiting("theirs")).isZero();
        assertThat(this.observer.subscriptions()).isZero();
        assertThat(output).doesNotContain("Connection is already closed");
        theirs.release();
        assertThat(ours.isHeld()).isFalse();
        stays.close();
    }
}
