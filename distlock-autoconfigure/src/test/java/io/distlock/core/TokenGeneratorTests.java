package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.ReleaseOutcome;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.memory.MemoryLockDriverFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A generator of an application's own that fails, or makes nonsense: whoever asks is told, and nobody else notices. */
@Timeout(60)
class TokenGeneratorTests {

    private static final LockRequest REQUEST = LockRequest.of("k").waitFor(Duration.ofSeconds(30));

    private static final RuntimeException FAILURE = new IllegalStateException("no entropy");

    private final MemoryLockDriverFactory memory = new MemoryLockDriverFactory();

    private final RandomTokens random = new RandomTokens(Instance.here("random"));

    /** What is made next; after that, tokens as usual. */
    private final Queue<Supplier<String>> planned = new ConcurrentLinkedQueue<>();

    private final Events events = new Events();

    private final List<DistributedLocker> lockers = new ArrayList<>();

    @AfterEach
    void close() {
        this.lockers.forEach(DistributedLocker::close);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoGetsNoTokenIsToldWhyAndLeavesNothingBehind(boolean lines) {
        DistributedLocker locker = locker(lines);
        failNext();
        assertThatThrownBy(() -> locker.acquire(REQUEST)).isSameAs(FAILURE);
        failNext();
        assertThatThrownBy(() -> locker.tryAcquire(REQUEST.waitFor(Duration.ZERO)))
                .isSameAs(FAILURE);
        assertThat(locker.locks()).isEmpty();
        assertThat(locker.acquire(REQUEST).release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(this.events.heard)
                .containsExactly("asked", "cancelled", "asked", "cancelled", "asked", "taken", "released");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFutureFailsWithWhatTheGeneratorThrew(boolean lines) {
        DistributedLocker locker = locker(lines);
        failNext();
        assertFails(locker.acquireAsync(REQUEST));
        assertThat(locker.locks()).isEmpty();
        assertThat(locker.acquireAsync(REQUEST)).succeedsWithin(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofSeveralKeysNoneIsLeftBehind(boolean lines) {
        DistributedLocker locker = locker(lines);
        LockRequest both = LockRequest.of("a", "b");
        makeNext();
        failNext();
        assertThatThrownBy(() -> locker.acquire(both)).isSameAs(FAILURE);
        assertThat(locker.inspect("a")).isEmpty();
        makeNext();
        failNext();
        // a future, or the call that makes it
        assertThatThrownBy(() -> locker.acquireAsync(both).get(30, TimeUnit.SECONDS))
                .satisfiesAnyOf(
                        thrown -> assertThat(thrown).isSameAs(FAILURE),
                        thrown -> assertThat(thrown).hasCauseReference(FAILURE));
        await().untilAsserted(() -> assertThat(locker.inspect("a")).isEmpty());
        assertThat(locker.locks()).isEmpty();
        assertThat(locker.acquire(both).release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoGivesBackIsNotConcernedAndTheNextButOneIsServed(boolean lines) {
        DistributedLocker locker = locker(lines);
        Lease held = locker.acquire(REQUEST);
        CompletableFuture<Lease> next = locker.acquireAsync(REQUEST);
        CompletableFuture<Lease> last = locker.acquireAsync(REQUEST);
        failNext();
        assertThat(held.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertFails(next);
        assertThat(last)
                .succeedsWithin(Duration.ofSeconds(30))
                .satisfies(lease -> assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whereNobodyIsLeftTheKeyIsFree(boolean lines) {
        DistributedLocker locker = locker(lines);
        Lease held = locker.acquire(REQUEST);
        CompletableFuture<Lease> next = locker.acquireAsync(REQUEST);
        failNext();
        assertThat(held.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertFails(next);
        assertThat(locker.inspect("k")).isEmpty();
        assertThat(locker.locks()).isEmpty();
    }

    @Test
    void whoTriesAgainMayFailThen() {
        locker(false).acquire(REQUEST);
        DistributedLocker locker = locker(false);
        makeNext();
        failNext();
        assertThatThrownBy(() -> locker.acquire(REQUEST)).isSameAs(FAILURE);
        assertThat(locker.locks()).isEmpty();
    }

    @Test
    void whoTakesThePlaceOfOneThatLeftMayFailThenAndThePlaceIsGivenUp() {
        DistributedLocker other = locker(true);
        Lease held = other.acquire(REQUEST);
        DistributedLocker locker = locker(true);
        CompletableFuture<Lease> own = locker.acquireAsync(REQUEST.metadata(Map.of("a", "1")));
        await().until(() -> other.inspect("k").orElseThrow().waiting().size() == 1);
        CompletableFuture<Lease> behind = locker.acquireAsync(REQUEST);
        failNext();
        own.cancel(false);
        assertFails(behind);
        await().until(() -> other.inspect("k").orElseThrow().waiting().isEmpty());
        held.close();
        assertThat(other.inspect("k")).isEmpty();
    }

    @Test
    void anErrorReachesTheCallerToo() {
        DistributedLocker locker = locker(true);
        Error error = new StackOverflowError("made by the test");
        this.planned.add(() -> {
            throw error;
        });
        assertThatThrownBy(() -> locker.acquire(REQUEST)).isSameAs(error);
        locker.acquire(REQUEST).close();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "a\nb", "shared", "a\ud800"})
    void whatCannotBeATokenIsRefused(String token) {
        DistributedLocker locker = locker(true);
        this.planned.add(() -> token);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> locker.acquire(REQUEST))
                .withMessageStartingWith(
                        "The TokenGenerator of this application has made what cannot be a token for 'k': A lock's token must");
        assertThat(locker.locks()).isEmpty();
        locker.acquire(REQUEST).close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSameTokenForAllIsEnoughToExcludeAndToHandOn(boolean lines) {
        DistributedLocker locker = locker(lines);
        DistributedLocker other = locker(lines);
        for (int i = 0; i < 100; i++) {
            this.planned.add(() -> "always the same");
        }
        Lease held = locker.acquire(REQUEST);
        CompletableFuture<Lease> here = locker.acquireAsync(REQUEST);
        CompletableFuture<Lease> there = other.acquireAsync(REQUEST);
        assertThat(other.tryAcquire(REQUEST.waitFor(Duration.ZERO))).isEmpty();
        assertThat(here).isNotDone();
        assertThat(there).isNotDone();
        assertThat(held.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(CompletableFuture.anyOf(here, there)).succeedsWithin(Duration.ofSeconds(30));
        assertThat(here.isDone() && there.isDone()).isFalse();
        here.thenAccept(Lease::close);
        there.thenAccept(Lease::close);
        assertThat(CompletableFuture.allOf(here, there)).succeedsWithin(Duration.ofSeconds(30));
    }

    private static void assertFails(CompletableFuture<Lease> future) {
        assertThat(future)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isSameAs(FAILURE);
    }

    private void makeNext() {
        this.planned.add(() -> this.random.generate("k"));
    }

    private void failNext() {
        this.planned.add(() -> {
            throw FAILURE;
        });
    }

    private String generate(String key) {
        Supplier<String> next = this.planned.poll();
        return next == null ? this.random.generate(key) : next.get();
    }

    /** Without passing on, so that every lease takes a token. */
    private DistributedLocker locker(boolean lines) {
        LockerSettings usual = LockerSettings.defaults();
        LockerSettings settings = new LockerSettings(
                usual.name(),
                usual.prefix(),
                usual.ttl(),
                usual.waitFor(),
                usual.maxTtl(),
                true,
                null,
                Duration.ZERO,
                usual.pollInterval(),
                0,
                0,
                Duration.ZERO,
                Duration.ZERO);
        Instance instance = Instance.here("here");
        LockDriver driver = this.memory.create(new DriverSettings(
                usual.name(),
                usual.prefix(),
                instance.id(),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                true,
                Optional.empty()));
        DistributedLocker made = DistributedLocker.create(
                settings, instance, lines ? driver : withoutLine(driver), this::generate, List.of(this.events));
        this.lockers.add(made);
        return made;
    }

    private static LockDriver withoutLine(LockDriver driver) {
        return (LockDriver) Proxy.newProxyInstance(
                LockDriver.class.getClassLoader(),
                new Class<?>[] {LockDriver.class},
                (proxy, method, arguments) -> method.invoke(driver, arguments));
    }

    private static final class Events implements LockListener {

        private final List<String> heard = new CopyOnWriteArrayList<>();

        @Override
        public void onAsked(LockEvent event) {
            this.heard.add("asked");
        }

        @Override
        public void onTaken(LockEvent event) {
            this.heard.add("taken");
        }

        @Override
        public void onRefused(LockEvent event, Reason reason) {
            this.heard.add("refused");
        }

        @Override
        public void onCancelled(LockEvent event) {
            this.heard.add("cancelled");
        }

        @Override
        public void onReleased(LockEvent event, ReleaseOutcome outcome) {
            this.heard.add("released");
        }
    }
}
