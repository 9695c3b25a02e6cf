package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LocalLock;
import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.ReleaseOutcome;
import io.distlock.driver.DriverSettings;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What operations see of a locker and may do to its locks, and what listeners are told on the way. */
class WatchedLockerTests {

    private static final LockRequest REQUEST = LockRequest.of("order:42").name("orders");

    private final MemoryLockDriverFactory drivers = new MemoryLockDriverFactory();

    private final Events events = new Events();

    private final DistributedLocker locker = locker("here", this.events);

    private final DistributedLocker other = locker("there");

    private DistributedLocker locker(String application, LockListener... listeners) {
        Instance instance = Instance.here(application);
        LockerSettings settings = LockerSettings.defaults();
        DriverSettings driver = new DriverSettings(
                settings.name(),
                settings.prefix(),
                instance.id(),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                true,
                Optional.empty());
        return DistributedLocker.create(
                settings, instance, this.drivers.create(driver), new RandomTokens(instance), List.of(listeners));
    }

    @AfterEach
    void close() {
        this.locker
                .locks()
                .forEach(lock -> this.locker
                        .inspect(lock.key())
                        .ifPresent(state -> this.locker.free(lock.key(), state.token())));
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
        assertThat(this.events.heard).containsExactly("taken", "released RELEASED");
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
    void aHolderElsewhereLosesWhatWasFreedHere() {
        Lease lease = this.locker.acquire(REQUEST.ttl(Duration.ofMillis(600)));
        LockState seen = this.other.inspect("order:42").orElseThrow();
        assertThat(this.other.free("order:42", seen.token())).isEqualTo(ReleaseOutcome.RELEASED);
        await().untilAsserted(() -> assertThat(lease.isHeld()).isFalse());
        await().untilAsserted(() -> assertThat(this.events.heard).contains("lost default GONE"));
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
        public void onCancelled(LockEvent event) {
            hear(event, "cancelled");
        }

        @Override
        public void onReleased(LockEvent event, ReleaseOutcome outcome) {
            hear(event, "released " + outcome);
        }

        @Override
        public void onLost(LockEvent event, LockLost lost) {
            hear(event, "lost " + event.locker() + " " + lost.reason());
        }
    }
}
