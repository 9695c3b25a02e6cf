package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.ReleaseOutcome;
import io.distlock.core.DistributedLocker;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisConversation;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What locking costs on the wire, as the server sees it. */
class RedisCommandCountTests {

    private static final LockRequest TRY =
            LockRequest.of("order:42").ttl(Duration.ofMinutes(1)).waitFor(Duration.ZERO);

    private final PrivateRedis redis = RedisServers.start();

    private final LettuceConnectionFactory connections = Connections.to(this.redis);

    private final DistributedLocker locker = Connections.locker(this.connections, "distlock:");

    private final RedisConversation monitor = this.redis.connect();

    @BeforeEach
    void loadScripts() {
        Lease lease = this.locker.acquire(TRY);
        lease.extend(Duration.ofMinutes(1));
        lease.close();
        this.monitor.call("MONITOR");
    }

    @AfterEach
    void close() {
        this.monitor.close();
        this.locker.close();
        this.connections.destroy();
        this.redis.close();
    }

    @Test
    void uncontendedAcquireAndReleaseCostOneCommandEach() {
        for (int i = 0; i < 10; i++) {
            this.locker.acquire(TRY).close();
        }
        assertThat(commands()).hasSize(20).containsOnly("EVALSHA");
    }

    @Test
    void aPatientCallerPaysNoMoreForAFreeKey() {
        for (int i = 0; i < 10; i++) {
            this.locker.run(TRY.waitFor(Duration.ofSeconds(10)), lease -> {});
        }
        assertThat(commands()).hasSize(20).containsOnly("EVALSHA");
    }

    @Test
    void severalFreeKeysCostOneCommandToTakeAndOneToGiveBack() {
        LockRequest three = LockRequest.of("1", "2", "3").ttl(Duration.ofMinutes(1));
        this.locker.acquire(three).close(); // the server knows the scripts from here on
        commands();
        for (int i = 0; i < 10; i++) {
            this.locker.acquire(three).close();
        }
        assertThat(commands()).hasSize(20).containsOnly("EVALSHA");
        try (Lease held = this.locker.acquire(TRY.waitFor(Duration.ZERO))) {
            LockRequest four = LockRequest.of("1", "2", "3", held.key()).ttl(Duration.ofMinutes(1));
            commands();
            assertThat(this.locker.tryAcquire(four.waitFor(Duration.ZERO))).isEmpty();
            assertThat(commands()).as("held here, which needs no question").containsExactly("EVALSHA", "EVALSHA");
        }
    }

    @Test
    void tenThousandKeysCostAHundredthOfThat() {
        String[] more = IntStream.range(0, 9_999).mapToObj(i -> "k" + i).toArray(String[]::new);
        LockRequest many = LockRequest.of("k", more).ttl(Duration.ofMinutes(10));
        this.locker.acquire(LockRequest.of("1", "2")).close();
        commands();
        Lease lease = this.locker.acquire(many);
        assertThat(lease.keys()).hasSize(10_000);
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(commands()).hasSize(200).containsOnly("EVALSHA");
    }

    @Test
    void theFirstUseOfAScriptCostsOneCommandMore() {
        this.redis.call("SCRIPT", "FLUSH");
        commands();
        this.locker.acquire(TRY).close();
        assertThat(commands()).containsExactly("EVALSHA", "EVAL", "EVALSHA", "EVAL");
        this.locker.acquire(TRY).close();
        assertThat(commands()).containsExactly("EVALSHA", "EVALSHA");
    }

    @Test
    void aTryOnAKeyThatIsHeldHereCostsNothing() {
        try (Lease lease = this.locker.acquire(TRY)) {
            commands();
            for (int i = 0; i < 10; i++) {
                assertThat(this.locker.tryAcquire(TRY)).isEmpty();
            }
            assertThat(lease.isHeld()).isTrue();
            assertThat(lease.validity()).isPositive();
            lease.ensureHeld();
            assertThat(commands()).isEmpty();
        }
    }

    @Test
    void aSecondReleaseCostsNothing() {
        Lease lease = this.locker.acquire(TRY);
        lease.release();
        commands();
        lease.release();
        lease.close();
        assertThat(lease.extend(Duration.ofMinutes(1))).isFalse();
        assertThat(commands()).isEmpty();
    }

    @Test
    void aWaiterCostsTheHolderNothingAndTheHandOffIsTheRelease() {
        try (DistributedLocker other = Connections.locker(this.connections, "distlock:")) {
            Lease holder = this.locker.acquire(TRY);
            CompletableFuture<Lease> waiting = other.acquireAsync(TRY.waitFor(Duration.ofMinutes(1)));
            await().until(() -> commands().contains("SUBSCRIBE"));
            await().until(() -> commands().contains("EVALSHA")); // it has told the store that it listens
            commands();
            holder.close();
            waiting.join();
            assertThat(commands().stream().filter("EVALSHA"::equals).count())
                    .as("the release, and at most one question that was due just then")
                    .isBetween(1L, 2L);
        }
    }

    @Test
    void whoReleasesWhileAThreadHereWaitsAsksForThatOneWithTheSameCommand() {
        try (DistributedLocker giving = Connections.withoutPassing(this.connections, "distlock:")) {
            for (int i = 0; i < 3; i++) {
                Lease lease = giving.acquire(TRY);
                CompletableFuture<Lease> waiting = giving.acquireAsync(TRY.waitFor(Duration.ofMinutes(1)));
                commands();
                assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
                Lease next = waiting.join();
                assertThat(commands()).containsExactly("EVALSHA");
                assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
                next.close();
            }
        }
    }

    @Test
    void holdsAreRenewedTogether() {
        List<Lease> leases = IntStream.range(0, 40)
                .mapToObj(i -> this.locker.acquire(
                        LockRequest.of("many:" + i).ttl(Duration.ofSeconds(3)).waitFor(Duration.ZERO)))
                .toList();
        Lease last = leases.get(39);
        commands();
        Connections.awaitGrowth(last::validity);
        long asked = commands().size();
        assertThat(leases).allMatch(Lease::isHeld);
        // jitter spreads the renewals over a tenth of the interval, which is ten slices
        assertThat(asked).isLessThan(leases.size());
        leases.forEach(Lease::close);
    }

    @Test
    void aClosedLockerLeavesNoConnection() {
        int before = clients();
        DistributedLocker closing = Connections.locker(this.connections, "distlock:");
        Lease holder = this.locker.acquire(TRY);
        closing.tryAcquire(TRY.waitFor(Duration.ofMillis(100)));
        await().until(() -> clients() == before + 2);
        closing.close();
        await().until(() -> clients() == before);
        holder.close();
    }

    private int clients() {
        return ((String) this.redis.call("CLIENT", "LIST")).split("\n").length;
    }

    /** The names of the commands that clients have sent since the last look; what scripts call is not among them. */
    private List<String> commands() {
        String end = UUID.randomUUID().toString();
        this.redis.call("ECHO", end);
        List<String> names = new ArrayList<>();
        for (String line = line(); !line.contains(end); line = line()) {
            if (!line.contains(" lua] ")) {
                String name = line.replaceFirst("^[^\"]*\"", "");
                names.add(name.substring(0, name.indexOf('"')).toUpperCase(Locale.ROOT));
            }
        }
        return names;
    }

    private String line() {
        return (String) this.monitor.read();
    }
}
