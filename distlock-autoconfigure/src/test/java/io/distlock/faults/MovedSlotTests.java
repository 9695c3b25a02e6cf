package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.testredis.MovingSlot;
import io.distlock.testredis.RedisCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.connection.RedisClusterConfiguration;

/**
 * The slot of a lock that is held and awaited is moved to another master of the cluster, one key after the other, so that
 * for a while its holder is known at one node and who waits for it at another.
 */
@Execution(ExecutionMode.CONCURRENT)
class MovedSlotTests {

    private static final Duration TTL = Duration.ofSeconds(2);

    private static final String LOCK = "distlock:";

    private static final String RECORD = "distlock:~rec:";

    private static final String LINE = "distlock:~line:";

    private static final String WAITING = "distlock:~wait:";

    private final Queue<LockLost> losses = new ConcurrentLinkedQueue<>();

    private final List<RunningInstance> instances = new ArrayList<>();

    private final RedisCluster cluster = RedisCluster.start();

    @BeforeEach
    void start() {
        RedisClusterConfiguration nodes = new RedisClusterConfiguration();
        this.cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
        LockListener listener = new LockListener() {
            @Override
            public void onLost(LockLost lost) {
                losses.add(lost);
            }
        };
        for (int i = 0; i < 3; i++) {
            this.instances.add(
                    setUp(nodes).ttl(TTL).withoutPassing().listener(listener).start());
        }
    }

    RunningInstance.Setup setUp(RedisClusterConfiguration nodes) {
        return RunningInstance.with(nodes);
    }

    @AfterEach
    void close() {
        this.instances.forEach(RunningInstance::close);
        this.cluster.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCK + " " + LINE + " " + RECORD, RECORD + " " + WAITING + " " + LINE})
    void aHolderKeepsItsLockAndHandsItOn(String order) {
        LockRequest request = LockRequest.of("orders");
        Lease lease = this.instances.get(0).locker().acquire(request);
        Caller waiting = Caller.of(this.instances.get(1), request);
        new Observer(this.cluster.nodeOf(LOCK + "orders")).awaitWaiting("orders", 1);

        MovingSlot slot = this.cluster.moveSlotOf(LOCK + "orders");
        for (String kind : order.split(" ")) {
            move(slot, kind, "orders");
            awaitRenewal(lease);
            assertThat(waiting.hasAnswer()).isFalse();
        }
        assertThatNobodyElseGetsIt(request);
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
        assertThat(waiting.hasAnswer()).isFalse();
        slot.finish();
        // only the release, which is repeated, ends it in time for any test
        slot.to().call("PEXPIRE", LOCK + "orders", "60000");

        Lease next = waiting.lease();
        assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
        awaitRenewal(next);
        assertThat(next.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertNothingIsLeft(slot, "orders");
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCK + " " + LINE + " " + RECORD, RECORD + " " + WAITING + " " + LINE})
    void thoseWhoShareKeepTheirLockAndHandItOn(String order) {
        LockRequest read = LockRequest.of("stock").shared();
        Lease one = this.instances.get(0).locker().acquire(read);
        Lease other = this.instances.get(1).locker().acquire(read);
        Caller writing = Caller.of(this.instances.get(2), LockRequest.of("stock"));
        new Observer(this.cluster.nodeOf(LOCK + "stock")).awaitWaiting("stock", 1);

        MovingSlot slot = this.cluster.moveSlotOf(LOCK + "stock");
        for (String kind : order.split(" ")) {
            move(slot, kind, "stock");
            awaitRenewal(one);
            awaitRenewal(other);
            assertThat(writing.hasAnswer()).isFalse();
        }
        assertThat(one.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
        slot.finish();
        await().until(() -> this.instances
                        .get(0)
                        .locker()
                        .inspect("stock")
                        .orElseThrow()
                        .holders()
                        .size()
                == 1);
        awaitRenewal(other);
        assertThat(writing.hasAnswer()).isFalse();
        assertThat(other.release()).isEqualTo(ReleaseOutcome.RELEASED);
        Lease writer = writing.lease();
        assertThat(writer.fencingToken()).isGreaterThan(other.fencingToken());
        writer.release();
        assertNothingIsLeft(slot, "stock");
    }

    @Test
    void neverTwoAtOnceWhileTheSlotIsMovedToAndFro() {
        History history = new History();
        MovingSlot slot = null;
        try (Crowd crowd = Crowd.start(this.instances, 2, LockRequest.of("turns"), Duration.ofMillis(3), history)) {
            crowd.awaitTurnsOfAll(2);
            for (int i = 0; i < 6; i++) {
                slot = slot == null
                        ? this.cluster.moveSlotOf(LOCK + "turns")
                        : this.cluster.moveBack(LOCK + "turns", slot);
                slot.move(name(i % 2 == 0 ? LOCK : RECORD, "turns"));
                slot.move(name(i % 3 == 0 ? LINE : WAITING, "turns"));
                slot.finish();
                crowd.awaitTurns(10);
            }
            crowd.awaitTurnsOfAll(1);
            crowd.end();
        }
        history.assertExclusive();
        history.assertFencesGrow();
        assertNothingIsLeft(slot, "turns");
    }

    /** What says who waits may have expired meanwhile, since nobody can set it anew. */
    private static void move(MovingSlot slot, String kind, String key) {
        boolean moved = slot.move(name(kind, key));
        assertThat(moved || kind.equals(LINE) || kind.equals(WAITING)).as(kind).isTrue();
    }

    private static String name(String kind, String key) {
        return kind.equals(LOCK) ? LOCK + key : kind + "{" + LOCK + key + "}";
    }

    private static void awaitRenewal(Lease lease) {
        AtomicReference<Duration> last = new AtomicReference<>(lease.validity());
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            Duration now = lease.validity();
            return now.compareTo(last.getAndSet(now)) > 0;
        });
        assertThat(lease.isHeld()).isTrue();
    }

    private void assertThatNobodyElseGetsIt(LockRequest request) {
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> this.instances.get(2).locker().acquire(request.waitFor(Duration.ZERO)))
                .withMessageContaining("are being moved to another node of the cluster");
    }

    private void assertNothingIsLeft(MovingSlot slot, String key) {
        assertThat(this.losses).isEmpty();
        Leftovers.assertNoneOf(slot.from(), key, TTL);
        Leftovers.assertNoneOf(slot.to(), key, TTL);
    }
}
