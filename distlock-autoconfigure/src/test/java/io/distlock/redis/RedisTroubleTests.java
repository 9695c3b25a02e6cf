package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Cases;
import io.distlock.Lease;
import io.distlock.LockException;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.core.DistributedLocker;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Each trouble with Redis is a clear error, never mistaken for contention, and leaves nothing locked beyond its ttl. */
class RedisTroubleTests {

    private static final String KEY = "order:42";

    private static final String FULL_KEY = "distlock:" + KEY;

    private static final String RECORD = "distlock:~rec:{" + FULL_KEY + "}";

    private static final LockRequest TRY =
            LockRequest.of(KEY).ttl(Duration.ofMinutes(1)).waitFor(Duration.ZERO);

    /** As the driver is made in {@link Connections}. */
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration SLACK = Duration.ofSeconds(3);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private final List<LockLost> lost = new CopyOnWriteArrayList<>();

    private final PrivateRedis redis = opened(RedisServers.start());

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : this.opened) {
            one.close();
        }
    }

    // in the way

    @ParameterizedTest
    @ValueSource(strings = {FULL_KEY, RECORD, "distlock:~line:{" + FULL_KEY + "}"})
    @Cases("BS-A4")
    void aKeyOfAnotherTypeInTheWayIsSaidAndNothingIsLocked(String inTheWay) {
        DistributedLocker locker = locker(this.redis);
        if (!inTheWay.contains("~line")) {
            this.redis.call("RPUSH", inTheWay, "somebody else's");
        } else {
            this.redis.call("SET", inTheWay, "somebody else's");
        }
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.tryAcquire(TRY))
                .withMessageContainingAll("'" + KEY + "'", "another type", "distlock.prefix", "WRONGTYPE");
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.acquire(TRY.waitFor(Duration.ofSeconds(20))))
                .satisfies(failure -> assertThat(kind(failure)).isEqualTo(Kind.MISCONFIGURED));
        assertThat(this.redis.call("TYPE", FULL_KEY)).isEqualTo(inTheWay.equals(FULL_KEY) ? "list" : "none");
        assertThat(this.redis.call("EXISTS", inTheWay)).isEqualTo(1L);
        this.redis.call("DEL", inTheWay);
        assertThat(locker.tryAcquire(TRY)).isPresent();
    }

    // away

    @Test
    void aRedisThatWasNeverThereIsSaidAtOnce() {
        DistributedLocker locker = locker(this.redis);
        this.redis.kill();
        long start = System.nanoTime();
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.acquire(TRY.waitFor(Duration.ofSeconds(20))))
                .withMessageContainingAll("'" + KEY + "'", "127.0.0.1:" + this.redis.port(), "spring.data.redis");
        assertThat(since(start)).isLessThan(COMMAND_TIMEOUT.plus(SLACK));
    }

    @Test
    void aRedisThatGoesAwayIsSaidAndUsedAgainWhenItIsBack() {
        DistributedLocker locker = locker(this.redis);
        Lease lease = locker.acquire(TRY);
        this.redis.kill();
        long start = System.nanoTime();
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.tryAcquire(LockRequest.of("another").waitFor(Duration.ZERO)))
                .withMessageContaining("'another'");
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> locker.inspect(KEY));
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(lease::ttl);
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
        assertThat(locker.release(KEY, "any")).isEqualTo(ReleaseOutcome.UNKNOWN);
        assertThat(since(start)).isLessThan(COMMAND_TIMEOUT.multipliedBy(5).plus(SLACK));
        this.redis.restart();
        await().ignoreExceptionsInstanceOf(LockUnavailableException.class)
                .until(() -> locker.tryAcquire(TRY).isPresent());
    }

    @Test
    void aHolderIsToldBeforeAnybodyElseCanHaveTheKeyWhenRedisIsSilent() {
        DistributedLocker locker = locker(this.redis);
        Duration ttl = Duration.ofSeconds(2);
        long start = System.nanoTime();
        Lease lease = locker.acquire(TRY.ttl(ttl));
        this.redis.pause();
        AtomicReference<Duration> lastBelieved = new AtomicReference<>(Duration.ZERO);
        await().pollInterval(Duration.ofMillis(2)).until(() -> {
            Duration now = since(start);
            boolean held = lease.isHeld();
            if (held) {
                lastBelieved.set(now);
            }
            return !held;
        });
        assertThat(lastBelieved.get()).isLessThan(ttl);
        await().until(() -> this.lost.size() == 1);
        assertThat(this.lost.get(0).reason()).isEqualTo(LockLost.Reason.EXPIRED);
    }

    @Test
    void aReleaseToASilentRedisReturnsInTimeAndIsUnknown() {
        DistributedLocker locker = locker(this.redis);
        Lease lease = locker.acquire(TRY);
        this.redis.pause();
        long start = System.nanoTime();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
        assertThat(since(start)).isLessThan(COMMAND_TIMEOUT.plus(SLACK));
        this.redis.resume();
        await().until(() -> locker.inspect(KEY).isEmpty());
    }

    @Test
    void anAcquireThatASilentRedisExecutesLateIsUndone() {
        DistributedLocker locker = locker(this.redis);
        locker.inspect(KEY);
        this.redis.pause();
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.tryAcquire(TRY))
                .withMessageContaining("'" + KEY + "'")
                .satisfies(failure -> assertThat(kind(failure)).isEqualTo(Kind.UNANSWERED));
        this.redis.resume();
        await().until(() -> locker.tryAcquire(TRY).isPresent());
    }

    @Test
    void whoeverAsksASilentRedisIsToldAfterOneTimeOutHoweverLongItWouldWait() {
        DistributedLocker locker = locker(this.redis);
        locker.inspect(KEY);
        this.redis.pause();
        long start = System.nanoTime();
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.acquire(TRY.waitFor(Duration.ofMinutes(1))))
                .satisfies(failure -> assertThat(kind(failure)).isEqualTo(Kind.UNANSWERED));
        assertThat(since(start)).isBetween(COMMAND_TIMEOUT.minusMillis(100), COMMAND_TIMEOUT.plus(SLACK));
    }

    @Test
    void whoWaitsForAStoreThatIsSilentToTheEndIsToldThatAndNotThatItIsBusy() {
        DistributedLocker locker = locker(this.redis);
        CompletableFuture<LockException> refusal = refusalOfAWait(locker, Duration.ofSeconds(3));
        long start = System.nanoTime();
        this.redis.pause();
        assertThat(refusal).succeedsWithin(Duration.ofSeconds(20)).isInstanceOf(LockUnavailableException.class);
        assertThat(since(start))
                .isBetween(
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3).plus(COMMAND_TIMEOUT).plus(SLACK));
    }

    @Test
    void whoWaitsForAStoreThatAnswersAgainInTimeIsToldWhoHoldsTheKey() {
        DistributedLocker locker = locker(this.redis);
        CompletableFuture<LockException> refusal = refusalOfAWait(locker, Duration.ofSeconds(6));
        this.redis.pause();
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> locker.inspect(KEY));
        assertThat(refusal).isNotDone();
        this.redis.resume();
        assertThat(refusal)
                .succeedsWithin(Duration.ofSeconds(20))
                .isInstanceOfSatisfying(
                        LockNotAcquiredException.class,
                        busy -> assertThat(busy.reason()).isEqualTo(LockNotAcquiredException.Reason.BUSY));
    }

    /** Of somebody who stands in line behind another instance when this returns. */
    private CompletableFuture<LockException> refusalOfAWait(DistributedLocker locker, Duration wait) {
        DistributedLocker holding = locker(this.redis);
        Lease held = holding.acquire(TRY);
        CompletableFuture<LockException> refusal = CompletableFuture.supplyAsync(() -> {
            try {
                locker.acquire(TRY.waitFor(wait));
                throw new AssertionError("it is held");
            } catch (LockException refused) {
                return refused;
            }
        });
        await().until(() -> !holding.inspect(KEY).orElseThrow().waiting().isEmpty());
        assertThat(held.isHeld()).isTrue();
        return refusal;
    }

    @Test
    void aCrowdThatAsksASilentRedisIsSoonToldAtOnceAndDoesNotBuryIt() {
        DistributedLocker locker = locker(this.redis);
        locker.acquire(TRY).close();
        this.redis.call("CONFIG", "RESETSTAT");
        this.redis.pause();
        int crowd = 20;
        int times = 50;
        long start = System.nanoTime();
        List<CompletableFuture<Void>> callers = IntStream.range(0, crowd)
                .mapToObj(caller -> CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < times; i++) {
                                LockRequest any =
                                        LockRequest.of("k" + caller + "-" + i).waitFor(Duration.ZERO);
                                assertThatExceptionOfType(LockUnavailableException.class)
                                        .isThrownBy(() -> locker.acquire(any));
                            }
                        },
                        task -> new Thread(task).start()))
                .toList();
        callers.forEach(CompletableFuture::join);
        // one time-out after the other would take fifty
        assertThat(since(start)).isLessThan(COMMAND_TIMEOUT.multipliedBy(15));
        this.redis.resume();
        await().ignoreExceptionsInstanceOf(LockUnavailableException.class)
                .until(() -> locker.tryAcquire(TRY).isPresent());
        assertThat(scriptsRun()).as("of %s questions", crowd * times).isLessThan(crowd * times / 4);
    }

    private int scriptsRun() {
        Matcher calls = Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)")
                .matcher(String.valueOf(this.redis.call("INFO", "commandstats")));
        return calls.results()
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .sum();
    }

    @Test
    void aConnectionThatIsCutCostsNoLock() {
        DistributedLocker locker = locker(this.redis);
        Lease lease = locker.acquire(TRY.ttl(Duration.ofSeconds(6)));
        long end = System.nanoTime() + Duration.ofSeconds(8).toNanos();
        while (System.nanoTime() < end) {
            this.redis.call("CLIENT", "KILL", "TYPE", "normal");
            this.redis.call("CLIENT", "KILL", "TYPE", "pubsub");
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        }
        assertThat(lease.isHeld()).isTrue();
        assertThat(this.lost).isEmpty();
        await().ignoreExceptionsInstanceOf(LockUnavailableException.class)
                .until(() -> lease.ttl().isPresent());
    }

    // refusing

    @ParameterizedTest
    @ValueSource(strings = {"wrong", ""})
    void aWrongPasswordIsSaidWithTheProperty(String password) {
        PrivateRedis guarded = opened(RedisServers.start("--requirepass", "right"));
        RedisStandaloneConfiguration configuration = configuration(guarded);
        configuration.setPassword(password);
        DistributedLocker locker = locker(configuration);
        for (Duration wait : List.of(Duration.ZERO, Duration.ofSeconds(20))) {
            long start = System.nanoTime();
            assertThatExceptionOfType(LockUnavailableException.class)
                    .isThrownBy(() -> locker.acquire(TRY.waitFor(wait)))
                    .withMessageContainingAll("'" + KEY + "'", "spring.data.redis.password")
                    .satisfies(failure -> {
                        assertThat(kind(failure)).isEqualTo(Kind.MISCONFIGURED);
                        assertThat(failure.getMessage()).doesNotContain("wrong\"");
                    });
            assertThat(since(start)).isLessThan(COMMAND_TIMEOUT.plus(SLACK));
        }
    }

    @Test
    void aReadOnlyReplicaIsSaidWithTheRemedy() {
        PrivateRedis replica =
                opened(RedisServers.start("--replicaof", "127.0.0.1", String.valueOf(this.redis.port())));
        DistributedLocker locker = locker(replica);
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.tryAcquire(TRY))
                .withMessageContainingAll("'" + KEY + "'", "read-only replica", "primary");
        assertThat(this.redis.call("EXISTS", FULL_KEY)).isEqualTo(0L);
    }

    @Test
    void aRedisWithoutMemoryRefusesAcquiresButNeitherRenewalsNorReleases() {
        DistributedLocker locker = locker(this.redis);
        Lease lease = locker.acquire(TRY.ttl(Duration.ofSeconds(3)));
        Lease waitedFor = locker.acquire(LockRequest.of("waited for").ttl(Duration.ofMinutes(1)));
        DistributedLocker other = locker(this.redis);
        CompletableFuture<Lease> waiting =
                other.acquireAsync(LockRequest.of("waited for").waitFor(Duration.ofMinutes(1)));
        await().until(() -> !other.inspect("waited for").orElseThrow().waiting().isEmpty());
        this.redis.call("CONFIG", "SET", "maxmemory", "1");
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.tryAcquire(LockRequest.of("another").waitFor(Duration.ZERO)))
                .withMessageContainingAll("'another'", "out of memory", "maxmemory");
        Connections.awaitRenewal(lease);
        assertThat(lease.extend(Duration.ofSeconds(10))).isTrue();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(waitedFor.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(waiting.orTimeout(10, TimeUnit.SECONDS).join().isHeld()).isTrue();
        this.redis.call("CONFIG", "SET", "maxmemory", "0");
        assertThat(locker.tryAcquire(TRY)).isPresent();
    }

    /** Its release is sent together with the place in line of the next caller here. */
    @Test
    void aRedisWithoutMemoryHandsOnAlsoFromWhoeverStandsInLineAgain() {
        DistributedLocker locker = locker(this.redis);
        DistributedLocker other = locker(this.redis);
        LockRequest request =
                LockRequest.of("waited for").ttl(Duration.ofMinutes(1)).waitFor(Duration.ofMinutes(1));
        Lease lease = locker.acquire(request);
        CompletableFuture<Lease> next = other.acquireAsync(request);
        await().until(() -> !other.inspect("waited for").orElseThrow().waiting().isEmpty());
        CompletableFuture<Lease> again = locker.acquireAsync(request.token("is not passed on"));
        this.redis.call("CONFIG", "SET", "maxmemory", "1");
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        Lease handedOn = next.orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(handedOn.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(again.orTimeout(10, TimeUnit.SECONDS).join().isHeld()).isTrue();
        this.redis.call("CONFIG", "SET", "maxmemory", "0");
    }

    @Test
    @Cases("RS-A7")
    void aFlushOfTheScriptsCostsNothing() {
        DistributedLocker locker = locker(this.redis);
        this.redis.call("SCRIPT", "FLUSH");
        Lease lease = locker.acquire(TRY);
        this.redis.call("SCRIPT", "FLUSH");
        assertThat(lease.ttl()).isPresent();
        this.redis.call("SCRIPT", "FLUSH");
        assertThat(lease.extend(Duration.ofSeconds(3))).isTrue();
        this.redis.call("SCRIPT", "FLUSH");
        this.redis.call("SCRIPT", "FLUSH");
        Connections.awaitRenewal(lease);
        this.redis.call("SCRIPT", "FLUSH");
        assertThat(locker.inspect(KEY)).isPresent();
        this.redis.call("SCRIPT", "FLUSH");
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(this.redis.call("EXISTS", FULL_KEY)).isEqualTo(0L);
    }

    // permissions

    @Test
    void aUserWithoutEvalIsSaidWithTheAclLineToAdd() {
        DistributedLocker locker = locker(user("~* &* +@all -eval -evalsha"));
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.acquire(TRY.waitFor(Duration.ofSeconds(20))))
                .withMessageContainingAll("'" + KEY + "'", "ACL SETUSER", "+evalsha", "NOPERM")
                .satisfies(failure -> assertThat(kind(failure)).isEqualTo(Kind.MISCONFIGURED));
        assertThat(this.redis.call("EXISTS", FULL_KEY)).isEqualTo(0L);
    }

    @Test
    void aUserWithoutTheKeysIsSaidWithTheAclLineToAdd() {
        DistributedLocker locker = locker(user("~other:* &* +@all"));
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker.tryAcquire(TRY))
                .withMessageContainingAll("'" + KEY + "'", "ACL SETUSER", "~<prefix>*");
    }

    @Test
    void withTheAclLineOfTheErrorEverythingWorks() throws Exception {
        RedisStandaloneConfiguration user = user("~* &* +@all -eval -evalsha");
        String[] line = aclLine(user);
        this.redis.call(line);
        everythingWorks(locker(user), locker(user));

        user = user("-@all resetchannels ~distlock:* &distlock:*");
        this.redis.call(line);
        this.redis.call("ACL", "LOG", "RESET");
        everythingWorks(locker(user), locker(user));
        assertThat((List<?>) this.redis.call("ACL", "LOG"))
                .as("but for the name of the client, which servers are told, and may refuse to hear")
                .allMatch(refusal -> ((List<?>) refusal).contains("client|setinfo")
                        || ((List<?>) refusal).contains("client")); // Redis 6.2, of all subcommands
    }

    private String[] aclLine(RedisStandaloneConfiguration user) {
        String message = assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> locker(user).tryAcquire(TRY))
                .actual()
                .getMessage();
        String line = message.substring(message.indexOf("ACL SETUSER"), message.indexOf(", as one node"));
        return line.replace("<user>", "app").split(" ");
    }

    @Test
    void aUserWithoutPubSubLocksAndWaitsByAsking() throws Exception {
        RedisStandaloneConfiguration user = user("~distlock:* resetchannels +@all -publish -subscribe -pubsub");
        everythingWorks(locker(user), locker(user));
    }

    @Test
    void aServerThatKnowsNoSubscriptionsIsToldOfOnceAndWaitersAsk() throws Exception {
        PrivateRedis silent = opened(RedisServers.start("--rename-command", "SUBSCRIBE", ""));
        DistributedLocker locker = locker(silent);
        silent.call("SET", FULL_KEY, "foreign", "PX", "60000");
        Queue<String> warnings = new ConcurrentLinkedQueue<>();
        Handler heard = new StreamHandler() {
            @Override
            public void publish(LogRecord entry) {
                warnings.add(entry.getMessage());
            }
        };
        Logger logger = Logger.getLogger("io.distlock");
        logger.addHandler(heard);
        try {
            for (int i = 0; i < 2; i++) {
                assertThat(locker.tryAcquire(TRY.waitFor(Duration.ofMillis(700))))
                        .isEmpty();
            }
            await().untilAsserted(() -> assertThat(warnings)
                    .singleElement()
                    .asString()
                    .contains("hears no messages", "every PT0.5S", "unknown command"));
        } finally {
            logger.removeHandler(heard);
        }
        silent.call("DEL", FULL_KEY);
        everythingWorks(locker, locker(silent));
    }

    private void everythingWorks(DistributedLocker locker, DistributedLocker other) throws Exception {
        Lease lease = locker.acquire(TRY.ttl(Duration.ofSeconds(3)));
        CompletableFuture<Lease> waiting = other.acquireAsync(TRY.waitFor(Duration.ofSeconds(30)));
        await().until(() -> !locker.inspect(KEY).orElseThrow().waiting().isEmpty());
        Connections.awaitRenewal(lease);
        assertThat(lease.extend(Duration.ofSeconds(10))).isTrue();
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        Lease next = waiting.get(10, TimeUnit.SECONDS);
        Lease adopted = locker.adopt(KEY, next.token(), Duration.ofMinutes(1)).orElseThrow();
        assertThat(adopted.release()).isEqualTo(ReleaseOutcome.RELEASED);
        CompletableFuture<Lease> holding = locker.acquireAsync(TRY);
        Lease held = holding.get(10, TimeUnit.SECONDS);
        assertThat(other.tryAcquire(TRY.waitFor(Duration.ofMillis(100)))).isEmpty();
        held.close();
        assertThat(locker.inspect(KEY)).isEmpty();
    }

    // what the tests stand on

    private RedisStandaloneConfiguration user(String permissions) {
        String[] rules = permissions.split(" ");
        String[] command = new String[rules.length + 6];
        System.arraycopy(new String[] {"ACL", "SETUSER", "app", "reset", "on", ">secret"}, 0, command, 0, 6);
        System.arraycopy(rules, 0, command, 6, rules.length);
        assertThat(this.redis.call(command)).isEqualTo("OK");
        RedisStandaloneConfiguration configuration = configuration(this.redis);
        configuration.setUsername("app");
        configuration.setPassword("secret");
        return configuration;
    }

    private static RedisStandaloneConfiguration configuration(TestRedis redis) {
        return new RedisStandaloneConfiguration(redis.host(), redis.port());
    }

    private DistributedLocker locker(TestRedis redis) {
        return locker(configuration(redis));
    }

    /** Closed after the test. */
    RedisConnectionFactory connect(RedisStandaloneConfiguration configuration) {
        LettuceConnectionFactory connections = Connections.to(configuration);
        opened((AutoCloseable) connections::destroy);
        return connections;
    }

    private DistributedLocker locker(RedisStandaloneConfiguration configuration) {
        RedisConnectionFactory connections = connect(configuration);
        return opened(Connections.locker(connections, "distlock:", new LockListener() {
            @Override
            public void onLost(LockLost loss) {
                RedisTroubleTests.this.lost.add(loss);
            }
        }));
    }

    <T extends AutoCloseable> T opened(T one) {
        this.opened.push(one);
        return one;
    }

    private static Kind kind(LockUnavailableException failure) {
        return ((LockDriverException) failure.getCause()).kind();
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
