package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.LogLines;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the log says of what is unusual, word for word, and that it says nothing of what is not. */
@Timeout(60)
class LogTests {

    /** No finer than milliseconds. */
    private static final String TIME = "PT(?:\\d+H)?(?:\\d+M)?(?:\\d+(?:[.]\\d{1,3})?S)?";

    private final Troubles troubles = new Troubles();

    private final Instance instance = Instance.here("shop");

    private final String id = "log" + Long.toHexString(System.nanoTime());

    private final String key = "order:" + this.id;

    private final LockRequest request = LockRequest.of(this.key).name("orders");

    private final LogLines log = LogLines.with(this.id);

    private final MemoryLockDriverFactory drivers = new MemoryLockDriverFactory();

    private final List<DistributedLocker> lockers = new ArrayList<>();

    @AfterEach
    void close() {
        this.log.close();
        this.lockers.forEach(DistributedLocker::close);
    }

    @Test
    void aLostLockSaysWhichItIsWhoHadItAndForHowLong() {
        DistributedLocker locker = locker(0, Duration.ofSeconds(10));
        Lease lease = locker.acquire(this.request);
        locker.free(this.key, locker.inspect(this.key).orElseThrow().token());
        assertThat(this.log.all())
                .singleElement()
                .asString()
                .matches("Lock '" + this.key + "' was lost after " + TIME + ": it was freed by force " + "\\(orders, "
                        + of(lease) + "\\)");
    }

    @Test
    void whoIsSentAwaySaysSoOnceInAWhile() {
        DistributedLocker locker = locker(1, Duration.ofSeconds(10));
        locker.acquire(this.request);
        CompletableFuture<Lease> waiting = locker.acquireAsync(this.request);
        await().until(() -> !locker.locks().get(0).waits().isEmpty());
        assertThat(locker.tryAcquire(this.request)).isEmpty();
        assertThat(locker.tryAcquire(this.request)).isEmpty();
        assertThat(this.log.all())
                .singleElement()
                .asString()
                .matches("Lock \\[" + this.key
                        + "\\] \\(orders\\) is awaited by as many callers here as distlock.max-waiters"
                        + " allows; this one was sent away after " + TIME
                        + ", and others within 10 seconds are not logged");
        waiting.cancel(false);
    }

    @Test
    void aReleaseThatIsNotAnsweredSaysWhatItWasOf() {
        Lease lease = locker(0, Duration.ofSeconds(10)).acquire(this.request);
        String held = of(lease);
        this.troubles.loseNextAnswers(1, "release");
        lease.close();
        assertThat(this.log.all())
                .singleElement()
                .asString()
                .matches("Lock \\[" + this.key + "\\] was released after " + TIME
                        + ", but the store did not answer: its ttl" + " ends it if the release did not \\(orders, "
                        + held + "\\)");
    }

    @Test
    void aLeaseThatIsNotRenewedAnyMoreSaysWhichAndForHowLongItWasHeld() {
        Lease lease = locker(0, Duration.ofSeconds(3)).acquire(this.request.maxHold(Duration.ofMillis(50)));
        await().until(() -> !this.log.all().isEmpty());
        assertThat(this.log.all().get(0))
                .matches("Lock '" + this.key + "' \\(orders, " + of(lease) + ", held " + TIME
                        + "\\) is not renewed any more and ends with its ttl: it has been held for " + TIME
                        + ", longer than its max-hold of PT0.05S");
        lease.close();
    }

    @Test
    void renewalsThatFailSayOfWhichLockTheFirstWas() {
        DistributedLocker locker = locker(0, Duration.ofSeconds(3));
        this.troubles.refuseNext(2, "renew");
        try (Lease lease = locker.acquire(this.request)) {
            await().until(() -> this.troubles.asked("renew") > 2);
            assertThat(this.log.all())
                    .singleElement()
                    .asString()
                    .matches(
                            "Renewals fail, and are tried again as long as their locks may be believed in. First that of"
                                    + " '" + this.key + "' \\(orders, " + of(lease) + ", held " + TIME
                                    + "\\): made by the test");
        }
    }

    @Test
    void closingNamesWhatIsHeldAndForHowLong() {
        DistributedLocker locker = locker(0, Duration.ofSeconds(10));
        List<Lease> leases = IntStream.range(0, 12)
                .mapToObj(i -> locker.acquire(
                        LockRequest.of("order:" + this.id + "-" + i).name("orders")))
                .toList();
        locker.close();
        String line = this.log.all().get(0);
        assertThat(line)
                .matches("The locker '" + this.id
                        + "' closes while locks are held; they end with their ttl: '.* and 2 more");
        assertThat(Pattern.compile("'order:\\S+' \\(orders, fence \\d+, shop@\\S+:\\S{6}, held " + TIME + "\\)")
                        .matcher(line)
                        .results())
                .hasSize(10);
        assertThat(leases).noneMatch(Lease::isHeld);
    }

    @Test
    void whatGoesWellIsNotLogged() {
        DistributedLocker locker = locker(0, Duration.ofMillis(300));
        DistributedLocker other = locker(0, Duration.ofSeconds(10));
        for (DistributedLocker one : List.of(locker, other)) {
            Lease lease = one.acquire(this.request);
            CompletableFuture<Lease> here = locker.acquireAsync(this.request);
            CompletableFuture<Lease> there = other.acquireAsync(this.request);
            assertThat(one.tryAcquire(this.request.waitFor(Duration.ZERO))).isEmpty();
            await().until(() -> this.lockers.stream()
                    .allMatch(known -> known.locks().stream()
                            .anyMatch(lock -> !lock.waits().isEmpty())));
            lease.close();
            here.thenAccept(Lease::close);
            there.thenAccept(Lease::close);
            CompletableFuture.allOf(here, there).join();
            try (Lease several = one.acquire(LockRequest.of(this.id + "a", this.id + "b"))) {
                int renewals = this.troubles.asked("renew");
                await().until(() -> one == other || this.troubles.asked("renew") > renewals);
                assertThat(several.isHeld()).isTrue();
            }
        }
        assertThat(this.log.all()).isEmpty();
    }

    /** What every line says of a lease. */
    private static String of(Lease lease) {
        String shown = lease.toString().replaceAll(".*fence \\d+, (\\S+), .*", "$1");
        return "fence " + lease.fencingToken() + ", " + Pattern.quote(shown);
    }

    private DistributedLocker locker(int maxWaiters, Duration ttl) {
        LockerSettings usual = LockerSettings.defaults();
        LockerSettings settings = new LockerSettings(
                this.id,
                usual.prefix(),
                ttl,
                usual.waitFor(),
                usual.maxTtl(),
                true,
                null,
                Duration.ZERO,
                usual.pollInterval(),
                maxWaiters,
                usual.passMax(),
                usual.passTime(),
                Duration.ZERO);
        Instance one = this.instance.another();
        LockDriver driver = this.drivers.create(new DriverSettings(
                this.id, usual.prefix(), one.id(), Duration.ofSeconds(5), Duration.ofHours(1), true, Optional.empty()));
        DistributedLocker made = DistributedLocker.create(
                settings, one, this.troubles.between(driver), new RandomTokens(one), List.of());
        this.lockers.add(made);
        return made;
    }
}
