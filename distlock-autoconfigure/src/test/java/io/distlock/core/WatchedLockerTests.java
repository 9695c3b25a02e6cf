package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LocalLock;
import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.RenewalRound;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.FreeingDriver;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LockKey;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operations see of a locker and may do to its locks, and what listeners are told on the way. */
class WatchedLockerTests {

    private static final LockRequest REQUEST = LockRequest.of("order:42").name("orders");

    private final MemoryLockDriverFactory drivers = new MemoryLockDriverFactory();

    private final Events events = new Events();

    private final DistributedLocker locker = locker("here", this.events);

    private final Events elsewhere = new Events();

    private final DistributedLocker other = locker("there", this.elsewhere);

    private DistributedLocker locker(String application, LockListener... listeners) {
        Instance instance = Instance.here(application);
        return locker(instance, this.drivers.create(settings(instance)), listeners);
    }

    private static DistributedLocker locker(Instance instance, LineDriver driver, LockListener... listeners) {
        return DistributedLocker.create(
                LockerSettings.defaults(), instance, driver, new RandomTokens(instance), List.of(listeners));
    }

    private static DriverSettings settings(Instance instance) {
        LockerSettings settings = LockerSettings.defaults();
        return new DriverSettings(
                settings.name(),
                settings.prefix(),
                instance.id(),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                true,
                Optional.empty());
    }

    @AfterEach
    void close() {
        this.locker.locks().forEach(lock -> lock.hold().ifPresent(hold -> this.locker.free(lock.key(), hold.token())));
        this.locker.close();
        this.other.close();
    }

    @Test
    void whatIsHeldAndAwaitedHereIsListedWithItsThreads() throws InterruptedException {
        assertThat(this.locker.locks()).isEmpty();
        Lease lease = this.locker.acquire(REQUEST);
        Thread waiter = new Thread(() -> this.locker.run(REQUEST.name("late"), held -> {}), "waiter");
        waiter.start();
        await().until(() -> !this.locker.locks().get(0).waits().isEmpty());

        LocalLock lock = this.locker.locks().get(0);
        assertThat(this.locker.locks()).hasSize(1);
        assertThat(lock.key()).isEqualTo("order:42");
        LocalLock.Hold hold = lock.hold().orElseThrow();
        assertThat(hold.name()).isEqualTo("orders");
        assertThat(hold.fencingToken()).isEqualTo(lease.fencingToken());
        assertThat(hold.thread()).contains(Thread.currentThread());
        assertThat(hold.validity()).isPositive();
        assertThat(hold.renewed()).isTrue();
        assertThat(lock.waits()).singleElement().satisfies(wait -> {
            assertThat(wait.name()).isEqualTo("late");
            assertThat(wait.thread()).contains(waiter);
            assertThat(wait.waited()).isPositive();
        });

        lease.close();
        waiter.join();
        assertThat(this.locker.locks()).isEmpty();
    }

    @Test
    void anAdoptedHoldIsListedAndToldAsTaken() {
        String token = this.other.acquire("order:42").token();
        try (Lease adopted =
                this.locker.adopt("order:42", token, Duration.ofSeconds(30)).orElseThrow()) {
            assertThat(this.locker.locks())
                    .singleElement()
                    .satisfies(lock -> assertThat(lock.hold())
                            .get()
                            .extracting(LocalLock.Hold::fencingToken)
                            .isEqualTo(adopted.fencingToken()));
        }
        assertThat(this.events.heard).containsExactly("asked", "taken", "released RELEASED");
        assertThat(this.events.ids).containsOnly(this.events.ids.get(0));
    }

    @Test
    void anAdoptionThatGetsNothingIsToldToTheEnd() {
        this.other.acquire("order:42");
        assertThat(this.locker.adopt("order:42", "another's", Duration.ofSeconds(30)))
                .isEmpty();
        this.other.close();
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> this.other.adopt("order:42", "another's", Duration.ofSeconds(30)));
        assertThat(this.events.heard).containsExactly("asked", "refused BUSY");
        // what closing took away is told by itself, sooner or later
        assertThat(this.elsewhere.heard)
                .filteredOn(heard -> !heard.startsWith("lost"))
                .endsWith("asked", "unavailable");
    }

    @Test
    void whoWaitsWhileItHoldsSaysSoInTheLine() throws InterruptedException {
        Lease wanted = this.other.acquire("b/2");
        Thread waiter = new Thread(
                () -> this.locker.run(
                        LockRequest.of("a").name("first"),
                        first -> this.locker.run(LockRequest.of("b/2").name("second"), second -> {})),
                "waiter");
        waiter.start();
        await().until(() -> !this.other.inspect("b/2").orElseThrow().waiting().isEmpty());
        assertThat(this.other.inspect("b/2").orElseThrow().waitingMetadata())
                .singleElement()
                .satisfies(facts -> assertThat(facts)
                        .containsEntry("thread", "waiter")
                        .containsEntry("name", "second")
                        .containsEntry("holds", "default/a"));
        wanted.close();
        waiter.join();
    }

    @Test
    void whoHoldsByAcquireSaysSoInTheLineUntilItGivesBackWhoeverDoes() throws Exception {
        Lease wanted = this.other.acquire("c");
        CountDownLatch over = new CountDownLatch(1);
        Thread waiter = new Thread(
                () -> {
                    Lease first = this.locker.acquire("a");
                    Lease returned = this.locker.acquire("returned");
                    Lease several = this.locker.acquire(LockRequest.of("b1", "b2"));
                    Lease elsewhere = this.locker.acquire("elsewhere");
                    CompletableFuture.runAsync(elsewhere::close).join();
                    returned.close();
                    this.locker.acquireAsync(LockRequest.of("not mine")).join();
                    this.locker.acquire("c").close();
                    several.close();
                    first.close();
                    over.countDown();
                },
                "waiter");
        waiter.start();
        assertThat(holdsOfTheFirstInLine("c")).isEqualTo("default/b2\tdefault/b1\tdefault/a");
        wanted.close();
        assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoWaitsForOneOfSeveralKeysHoldsTheOthers() throws InterruptedException {
        Lease wanted = this.other.acquire("k2");
        CompletableFuture<Lease> pending = this.locker.acquireAsync(LockRequest.of("k1", "k2"));
        Thread waiter = new Thread(() -> this.locker.run(LockRequest.of("j1", "k2"), all -> {}), "waiter");
        assertThat(holdsOfTheFirstInLine("k2")).isEqualTo("default/k1");
        pending.cancel(false);
        waiter.start();
        await().untilAsserted(() -> assertThat(holdsOfTheFirstInLine("k2")).isEqualTo("default/j1"));
        wanted.close();
        waiter.join();
    }

    @Test
    void whoStartsAnAsynchronousAcquisitionDoesNotWaitItself() {
        try (Lease held = this.locker.acquire("a");
                Lease wanted = this.other.acquire("c")) {
            CompletableFuture<Lease> pending = this.locker.acquireAsync(LockRequest.of("c"));
            await().until(() -> !this.other.inspect("c").orElseThrow().waiting().isEmpty());
            assertThat(this.other.inspect("c").orElseThrow().waitingMetadata().get(0))
                    .doesNotContainKey("holds");
            pending.cancel(false);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoIsRefusedIsToldWhatTheHolderSaysOfItself(boolean sameInstance) {
        LockRequest nightly = REQUEST.metadata(Map.of("job", "nightly")).method("Jobs.night");
        CompletableFuture<Lease> holder = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> holder.complete((sameInstance ? this.locker : this.other).acquire(nightly)), "night worker");
        thread.start();
        try (Lease held = holder.join()) {
            assertThatExceptionOfType(LockNotAcquiredException.class)
                    .isThrownBy(() -> this.locker.acquire(REQUEST.waitFor(Duration.ZERO)))
                    .withMessageContaining("thread night worker")
                    .satisfies(
                            refused -> assertThat(refused.holder().orElseThrow().metadata())
                                    .containsEntry("job", "nightly")
                                    .containsEntry("name", "orders")
                                    .containsEntry("method", "Jobs.night")
                                    .containsEntry("thread", "night worker")
                                    .doesNotContainKey("~inbox"));
        }
    }

    @Test
    void nobodyCanWriteWhatALockSaysOfItself() throws InterruptedException {
        this.locker.acquire(REQUEST.permits(2).method("Jobs.night"));
        Thread waiter = new Thread(
                () -> this.locker.run(LockRequest.of("a"), first -> this.locker.run(REQUEST, second -> {})), "waiter");
        waiter.start();
        await().until(() ->
                !this.other.inspect("order:42").orElseThrow().waiting().isEmpty());
        LockState state = this.other.inspect("order:42").orElseThrow();
        List<String> facts = Stream.concat(
                        state.holders().get(0).metadata().keySet().stream(),
                        state.waitingMetadata().get(0).keySet().stream())
                .distinct()
                .toList();
        assertThat(facts)
                .containsExactlyInAnyOrder("instance", "thread", "name", "method", "permits", "holds")
                .allSatisfy(fact -> assertThatIllegalArgumentException()
                        .isThrownBy(() -> REQUEST.metadata(Map.of(fact, "mine")))
                        .withMessageContaining("'" + fact + "'"));
        waiter.interrupt();
        waiter.join();
    }

    @Test
    void ofALongChainOfLocksTheLastEightAreToldThatAreHeld() throws InterruptedException {
        Lease wanted = this.other.acquire("c");
        Thread waiter = new Thread(
                () -> {
                    List<Lease> held = IntStream.range(0, 12)
                            .mapToObj(i -> this.locker.acquire("h" + i))
                            .toList();
                    this.locker.acquire("c").close();
                    held.forEach(Lease::close);
                },
                "waiter");
        waiter.start();
        assertThat(holdsOfTheFirstInLine("c").split("\t"))
                .containsExactly(IntStream.range(4, 12)
                        .mapToObj(i -> "default/h" + (15 - i))
                        .toArray(String[]::new));
        wanted.close();
        waiter.join();
    }

    private String holdsOfTheFirstInLine(String key) {
        await().until(() -> !this.other.inspect(key).orElseThrow().waiting().isEmpty());
        return this.other.inspect(key).orElseThrow().waitingMetadata().get(0).get("holds");
    }

    @Test
    void theShownTokenFreesTheVeryHoldThatWasSeen() {
        Lease lease = this.locker.acquire(REQUEST);
        LockState seen = this.other.inspect("order:42").orElseThrow();
        assertThat(seen.token()).startsWith("here@").isNotEqualTo(lease.token()).isSubstringOf(lease.token());
        assertThat(this.other.release("order:42", seen.token()))
                .as("what is shown is no proof")
                .isEqualTo(ReleaseOutcome.TAKEN);

        assertThat(this.locker.free("order:42", seen.token())).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(lease.isHeld()).isFalse();
        assertThatExceptionOfType(LockLostException.class).isThrownBy(lease::ensureHeld);
        assertThat(this.locker.inspect("order:42")).isEmpty();
    }

    @Test
    void aHoldThatCameAfterTheOneThatWasSeenIsNotFreed() {
        Lease first = this.locker.acquire(REQUEST);
        String seen = this.locker.inspect("order:42").orElseThrow().token();
        first.close();
        assertThat(this.locker.free("order:42", seen)).isEqualTo(ReleaseOutcome.EXPIRED);
        try (Lease second = this.locker.acquire(REQUEST)) {
            assertThat(this.locker.free("order:42", seen)).isEqualTo(ReleaseOutcome.TAKEN);
            assertThat(second.isHeld()).isTrue();
        }
    }

    @Test
    void aHolderElsewhereThatHearsNoMessageNoticesWhenItRenews() {
        Lease lease = this.locker.acquire(REQUEST.ttl(Duration.ofMillis(600)));
        assertThat(freedThere()).isEqualTo(ReleaseOutcome.RELEASED);
        await().untilAsserted(() -> assertThat(lease.isHeld()).isFalse());
        await().untilAsserted(() -> assertThat(this.events.heard).contains("lost default GONE"));
    }

    @Test
    void aHolderElsewhereIsToldAtOnceOnceItHasRenewed() {
        Lease lease = this.locker.acquire(REQUEST.ttl(Duration.ofSeconds(6)));
        await().untilAsserted(() -> assertThat(this.events.heard).contains("renewed"));
        assertThat(freedThere()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(lease.isHeld()).isFalse();
        await().untilAsserted(() -> assertThat(this.events.heard).contains("lost default FREED"));
    }

    @Test
    void aHolderElsewhereThatListensAndDoesNotRenewIsToldAtOnce() {
        this.locker.awaitMessages();
        Lease lease = this.locker.acquire(REQUEST.autoRenew(false));
        assertThat(freedThere()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(lease::ensureHeld)
                .withMessageContaining("it was freed by force");
        await().untilAsserted(() -> assertThat(this.events.heard).contains("lost default FREED"));
    }

    @Test
    void saidToBeFreedIsNotFreed() {
        Instance here = Instance.here("here");
        LineDriver driver = this.drivers.create(settings(here));
        try (DistributedLocker told = locker(here, driver);
                Lease lease = told.acquire(REQUEST.autoRenew(false))) {
            told.awaitMessages();
            Hold hold = Hold.byToken(new LockKey(LockerSettings.defaults().prefix(), "order:42"), lease.token());
            assertThat(driver)
                    .isInstanceOfSatisfying(FreeingDriver.class, freeing -> freeing.tellFreed(hold, here.id()));
            assertThat(lease.isHeld()).isTrue();
        }
    }

    private ReleaseOutcome freedThere() {
        LockState seen = this.other.inspect("order:42").orElseThrow();
        return this.other.free("order:42", seen.token());
    }

    @Test
    void listenersHearOfOneAttemptUnderOneId() {
        this.locker.run(
                REQUEST,
                lease -> assertThat(this.locker.tryAcquire(REQUEST.waitFor(Duration.ZERO)))
                        .isEmpty());
        assertThat(this.events.heard).containsExactly("asked", "taken", "asked", "refused BUSY", "released RELEASED");
        assertThat(this.events.ids.get(0)).isEqualTo(this.events.ids.get(1)).isEqualTo(this.events.ids.get(4));
        assertThat(this.events.ids.get(2)).isEqualTo(this.events.ids.get(3)).isNotEqualTo(this.events.ids.get(0));
    }

    @Test
    void listenersHearOfWhoeverLeavesTheLine() {
        try (Lease held = this.other.acquire("order:42")) {
            CompletableFuture<Lease> pending = this.locker.acquireAsync(REQUEST);
            pending.cancel(false);
            await().untilAsserted(() -> assertThat(this.events.heard).containsExactly("asked", "cancelled"));
        }
    }

    private static final class Events implements LockListener {

        private final List<String> heard = new CopyOnWriteArrayList<>();

        private final List<Long> ids = new CopyOnWriteArrayList<>();

        private void hear(LockEvent event, String what) {
            this.ids.add(event.id());
            this.heard.add(what);
        }

        @Override
        public void onAsked(LockEvent event) {
            hear(event, "asked");
        }

        @Override
        public void onTaken(LockEvent event) {
            hear(event, "taken");
        }

        @Override
        public void onRefused(LockEvent event, Reason reason) {
            hear(event, "refused " + reason);
        }

        @Override
        public void onUnavailable(LockEvent event, LockUnavailableException cause) {
            hear(event, "unavailable");
        }

        @Override
        public void onCancelled(LockEvent event) {
            hear(event, "cancelled");
        }

        @Override
        public void onReleased(LockEvent event, ReleaseOutcome outcome) {
            hear(event, "released " + outcome);
        }

        @Override
        public void onRenewals(RenewalRound round) {
            this.heard.add("renewed");
        }

        @Override
        public void onLost(LockEvent event, LockLost lost) {
            hear(event, "lost " + event.locker() + " " + lost.reason());
        }
    }
}
