package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.ReleaseOutcome;
import io.distlock.testredis.Cable;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * One instance loses its connection for commands before an answer, while others go on and messages arrive; connected
 * anew, its client sends the command again.
 */
@Execution(ExecutionMode.CONCURRENT)
class ResentCommandsTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    private static final LockRequest ORDERS = LockRequest.of("orders");

    private final PrivateRedis redis = RedisServers.start();

    private final Observer observer = new Observer(this.redis);

    private final Cable cable = Cable.to(this.redis);

    private final Queue<LockLost> losses = new ConcurrentLinkedQueue<>();

    private final RunningInstance cutOff = RunningInstance.with(this.cable)
            .ttl(LONG)
            .commandTimeout(Duration.ofSeconds(20))
            .withoutPassing()
            .listener(new LockListener() {
                @Override
                public void onLost(LockLost loss) {
                    losses.add(loss);
                }
            })
            .start();

    private final RunningInstance other =
            RunningInstance.with(this.redis).ttl(LONG).start();

    /** Redis knows the scripts from here on: no answer that says it does not is lost. */
    @BeforeEach
    void loadScripts() {
        this.other.locker().acquire("scripts").release();
    }

    @AfterEach
    void close() {
        this.cutOff.close();
        this.other.close();
        this.cable.close();
        this.redis.close();
    }

    /** Begins a release whose answer does not arrive. */
    private CompletableFuture<ReleaseOutcome> releaseUnheard(Lease lease) {
        String token = this.observer.holder("orders");
        this.cable.loseAnswers();
        CompletableFuture<ReleaseOutcome> outcome = CompletableFuture.supplyAsync(lease::release);
        await().until(() -> !token.equals(this.observer.holder("orders")));
        return outcome;
    }

    @Test
    void aLockThatCameBackByMessageIsKeptWhenTheReleaseBeforeIsSentAgain() throws Exception {
        this.cutOff.locker().awaitMessages();
        Lease first = this.cutOff.locker().acquire(ORDERS);
        Caller second = Caller.of(this.cutOff, ORDERS);
        Caller between = Caller.of(this.other, ORDERS);
        this.observer.awaitWaiting("orders", 1);
        await().until(second::isParked);

        CompletableFuture<ReleaseOutcome> outcome = releaseUnheard(first);
        between.lease().release();
        Lease held = second.lease();
        String token = this.observer.holder("orders");
        this.cable.heal();
        assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo(ReleaseOutcome.RELEASED);

        await().during(Duration.ofMillis(200)).until(() -> token.equals(this.observer.holder("orders")));
        assertThat(held.isHeld()).isTrue();
        assertThat(held.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(this.losses).isEmpty();
    }

    @Test
    void aReleaseThatIsSentAgainWhenItWasForgottenIsUnknownAndNoLoss() throws Exception {
        Lease first = this.cutOff.locker().acquire(ORDERS);
        CompletableFuture<ReleaseOutcome> outcome = releaseUnheard(first);
        for (int i = 0; i < 40; i++) { // the record remembers about a dozen
            this.other.locker().acquire(ORDERS).release();
        }
        Lease held = this.other.locker().acquire(ORDERS);
        this.cable.heal();
        assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo(ReleaseOutcome.UNKNOWN);
        assertThat(this.losses).isEmpty();
        assertThat(held.ttl()).isPresent();
        assertThat(held.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }
}
