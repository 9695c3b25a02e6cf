package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.ReleaseOutcome;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisConversation;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One instance holds, another waits, and something breaks between them. */
@Execution(ExecutionMode.CONCURRENT)
class FaultsWhileWaitingTests {

    private static final String LOCK = "distlock:orders";

    private static final Duration TTL = Duration.ofSeconds(3);

    private static final Duration NEXT_RENEWAL = TTL.dividedBy(3);

    /** Half a second, and what a busy machine adds; far less than the ttl. */
    private static final Duration NEXT_QUESTION = Duration.ofMillis(500 + 500);

    private static final LockRequest ORDERS = LockRequest.of("orders");

    private final PrivateRedis redis = RedisServers.start();

    private final Observer observer = new Observer(this.redis);

    private final RunningInstance holding =
            RunningInstance.with(this.redis).ttl(TTL).start();

    private final RunningInstance waiting =
            RunningInstance.with(this.redis).ttl(TTL).start();

    private final Queue<LockLost> losses = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        this.holding.close();
        this.waiting.close();
        this.redis.close();
    }

    private Lease held() {
        Lease lease = this.holding.locker().acquire(ORDERS);
        lease.onLost(this.losses::add);
        return lease;
    }

    private Caller inLine() {
        Caller caller = Caller.of(this.waiting, ORDERS);
        this.observer.awaitWaiting("orders", 1);
        this.observer.awaitListening("orders", 1);
        return caller;
    }

    /** Who of them asks first decides what the holder finds: nobody, or the next. */
    private void awaitNoRenewalBeforeTheNextQuestion() {
        await().pollInterval(Duration.ofMillis(10))
                .until(() -> (Long) this.redis.call("PTTL", LOCK)
                        > TTL.minusMillis(150).toMillis());
    }

    private static void assertServed(Caller caller, Duration within) {
        await().pollInterval(Duration.ofMillis(10)).atMost(within).until(caller::hasAnswer);
        assertThat(caller.lease().isHeld()).isTrue();
    }

    @Test
    void aLockThatIsReleasedArrivesWithoutAQuestion() {
        held().release(); // Redis knows the scripts from here on
        Lease lease = held();
        Caller caller = inLine();
        long before = this.observer.requests();
        lease.release();
        assertThat(caller.lease().isHeld()).isTrue();
        // the release; and perhaps a question that was due just then
        assertThat(this.observer.requests() - before).isBetween(1L, 2L);
    }

    @Test
    void aDeletedLockGoesToTheNextAndItsHolderIsTold() {
        Lease lease = held();
        Caller caller = inLine();
        awaitNoRenewalBeforeTheNextQuestion();
        this.redis.call("DEL", LOCK);
        assertServed(caller, NEXT_QUESTION);
        await().atMost(NEXT_RENEWAL.plusSeconds(1)).until(() -> !this.losses.isEmpty());
        assertThat(this.losses).singleElement().extracting(LockLost::reason).isEqualTo(LockLost.Reason.TAKEN);
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.TAKEN);
        assertThat(caller.lease().release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @Test
    void whenAllIsDeletedTheNextGetsTheLockAndTheHolderIsTold() {
        Lease lease = held();
        Caller caller = inLine();
        awaitNoRenewalBeforeTheNextQuestion();
        this.redis.call("FLUSHALL");
        assertServed(caller, NEXT_QUESTION);
        await().atMost(NEXT_RENEWAL.plusSeconds(1)).until(() -> !this.losses.isEmpty());
        assertThat(caller.lease().fencingToken()).isGreaterThan(lease.fencingToken());
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.TAKEN);
        assertThat(caller.lease().release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @Test
    void whenRedisComesBackEmptyTheNextGetsTheLockAndTheHolderIsTold() {
        Lease lease = held();
        Caller caller = inLine();
        this.redis.kill();
        this.redis.restart();
        assertServed(caller, NEXT_QUESTION.plusSeconds(2));
        await().atMost(NEXT_RENEWAL.plusSeconds(3)).until(() -> !this.losses.isEmpty());
        assertThat(caller.lease().fencingToken()).isGreaterThan(lease.fencingToken());
        assertThat(caller.lease().release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @Test
    void aForeignClientThatTakesTheKeyFirstIsWaitedFor() {
        Lease lease = held();
        Caller caller = inLine();
        long taken = System.nanoTime();
        try (RedisConversation foreign = this.redis.connect()) {
            foreign.call("MULTI");
            foreign.call("DEL", LOCK);
            foreign.call("SET", LOCK, "foreign", "NX", "PX", "1500");
            foreign.call("EXEC");
        }
        caller.lease();
        assertThat(Duration.ofNanos(System.nanoTime() - taken)).isGreaterThanOrEqualTo(Duration.ofMillis(1499));
        await().atMost(NEXT_RENEWAL.plusSeconds(1)).until(() -> !lease.isHeld());
        caller.lease().release();
        Leftovers.assertNoneIn(this.redis, Duration.ZERO);
    }

    @Test
    void aForeignLockWithoutExpiryIsNoticedWhenItIsGone() {
        this.redis.call("SET", LOCK, "foreign");
        Caller caller = inLine();
        long before = this.observer.requests();
        await().until(() -> this.observer.requests() > before);
        assertThat(caller.hasAnswer()).isFalse();
        this.redis.call("DEL", LOCK);
        assertServed(caller, NEXT_QUESTION);
    }

    @Test
    void aReleaseWhileScriptsAreForgottenArrives() {
        Lease lease = held();
        Caller caller = inLine();
        this.redis.call("SCRIPT", "FLUSH");
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertServed(caller, NEXT_QUESTION);
    }

    @Test
    void aReleaseWhileNoMessageArrivesIsFoundByTheNextQuestion() {
        Lease lease = held();
        Caller caller = inLine();
        this.redis.call("CLIENT", "KILL", "TYPE", "pubsub");
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertServed(caller, NEXT_QUESTION);
    }

    @Test
    void messagesArriveAgainAfterTheirConnectionWasCut() {
        held().release(); // Redis knows the scripts from here on
        Lease lease = held();
        Caller caller = inLine();
        this.redis.call("CLIENT", "KILL", "TYPE", "pubsub");
        this.observer.awaitSubscriptions(1);
        this.observer.awaitListening("orders", 1);
        long before = this.observer.requests();
        lease.release();
        assertThat(caller.lease().isHeld()).isTrue();
        assertThat(this.observer.requests() - before).isBetween(1L, 2L);
    }

    @Test
    void aHolderThatGoesWithoutAWordIsSucceededWhenItsTimeIsOver() {
        Lease lease =
                this.holding.locker().acquire(ORDERS.ttl(Duration.ofSeconds(2)).autoRenew(false));
        long latest = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        Caller caller = inLine();
        Lease next = caller.lease();
        assertThat(lease.isHeld()).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - latest)).isLessThan(Duration.ofMillis(250 + 500));
        next.release();
    }
}
