package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockRequest;
import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.Hold;
import io.distlock.driver.LockKey;
import io.distlock.memory.MemoryLockDriverFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a hold may go to the next thread without asking the store. */
class PassRuleTests {

    private static final LockKey KEY = new LockKey("", "orders");

    private static final Duration TTL = Duration.ofMinutes(9);

    private static final LockRequest REQUEST = LockRequest.of("orders");

    private static final Demand ORDERS = demand(REQUEST, TTL);

    private static final PassRule RULE = new PassRule(3, Duration.ofHours(1).toNanos());

    /** By how many milliseconds the wall clock runs ahead. */
    private final AtomicLong ahead = new AtomicLong();

    private final long now = System.nanoTime();

    private final Desk desk = new Desk(
            LockerSettings.defaults(),
            new Instance("", ""),
            new MemoryLockDriverFactory().create(new DriverSettings("", "", "", TTL, TTL, true, Optional.empty())),
            key -> key,
            new Tellers("", List.of(), null),
            new Clocks(() -> System.currentTimeMillis() + this.ahead.get()));

    private final Holding holding = holding(TTL, 4);

    @AfterEach
    void close() {
        this.desk.close();
    }

    private static Demand demand(LockRequest request, Duration ttl) {
        return Demand.of(
                request,
                Terms.of(request, ttl, LockerSettings.defaults()),
                new Details(new Instance("", ""), Map.of(), null));
    }

    /** Granted just now. */
    private Holding holding(Duration ttl, int fences) {
        Claim claim = new Claim(new Hold(KEY, "token", "attempt"), ttl, fences, "");
        Attempt.Granted granted = new Attempt.Granted(1, fences);
        return new Holding(new KeyLine(this.desk, KEY, null), claim, granted, System.nanoTime(), ttl);
    }

    private boolean allows(Holding one, Demand last, Demand next) {
        return RULE.allows(one, last, next, System.nanoTime());
    }

    @Test
    void whatIsYoungAndLongEnoughIsPassedOn() {
        assertThat(allows(this.holding, ORDERS, ORDERS)).isTrue();
    }

    @Test
    void whatIsOnesOwnIsNotPassedOnToOthersNorFromThem() {
        for (LockRequest own : List.of(
                REQUEST.token("mine"),
                REQUEST.metadata(Map.of("a", "b")),
                REQUEST.holdAtLeast(Duration.ofSeconds(1)),
                REQUEST.permits(2),
                REQUEST.shared())) {
            assertThat(allows(this.holding, ORDERS, demand(own, TTL)))
                    .as("%s", own)
                    .isFalse();
            assertThat(allows(this.holding, demand(own, TTL), ORDERS))
                    .as("%s", own)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"PT9M, true", "PT13M, true", "PT14M, false", "PT1H, false", "PT1S, true"})
    void twoThirdsOfTheTtlOfWhoReceivesItMustBeLeft(Duration ttl, boolean passed) {
        assertThat(allows(this.holding, ORDERS, demand(REQUEST, ttl))).isEqualTo(passed);
    }

    @ParameterizedTest
    @CsvSource({"PT9M, true", "PT13M, true", "PT8M, false", "PT1S, false"})
    void whoDoesNotRenewReceivesNothingThatOutlivesItsTtl(Duration ttl, boolean passed) {
        assertThat(allows(this.holding, ORDERS, demand(REQUEST.autoRenew(false), ttl)))
                .isEqualTo(passed);
    }

    @Test
    void whileARenewalHasFailedNothingIsPassedOn() {
        this.holding.renewalFailed();
        assertThat(allows(this.holding, ORDERS, ORDERS)).isFalse();
        this.holding.renewed(System.nanoTime(), TTL, this.holding.epoch());
        assertThat(allows(this.holding, ORDERS, ORDERS)).isTrue();
    }

    @Test
    void whatTheClocksMadeUncertainIsNotPassedOn() {
        this.ahead.set(Duration.ofMinutes(1).toMillis());
        assertThat(allows(this.holding, ORDERS, ORDERS)).isFalse();
        this.holding.renewed(System.nanoTime(), TTL, this.holding.epoch());
        assertThat(allows(this.holding, ORDERS, ORDERS)).isTrue();
    }

    @Test
    void whatMayStillBeShortenedIsNotPassedOn() {
        this.holding.extending(System.nanoTime(), TTL);
        assertThat(allows(this.holding, ORDERS, ORDERS)).isFalse();
    }

    @Test
    void afterSoLongItIsNotPassedOn() {
        PassRule rule = new PassRule(3, 1_000);
        assertThat(rule.allows(this.holding, ORDERS, ORDERS, this.holding.since() + 999))
                .isTrue();
        assertThat(rule.allows(this.holding, ORDERS, ORDERS, this.holding.since() + 1_000))
                .isFalse();
    }

    @Test
    void itIsPassedOnAsOftenAsFencesWereReserved() {
        Holding two = holding(TTL, 2);
        two.lend(new Waiter(ORDERS, null), System.nanoTime());
        assertThat(allows(two, ORDERS, ORDERS)).isTrue();
        two.lend(new Waiter(ORDERS, null), System.nanoTime());
        assertThat(allows(two, ORDERS, ORDERS)).isFalse();
        two.takeBack();
        assertThat(allows(two, ORDERS, ORDERS)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 1000000", "3, 0"})
    void switchedOffNothingIsPassedOn(int most, long longest) {
        PassRule off = new PassRule(most, longest);
        assertThat(off.allows(this.holding, ORDERS, ORDERS, this.now)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "64, 65", "998, 999", "999, 1000", "1000, 1000", "1000000, 1000"})
    void fencesAreReservedForAllPassesButNeverMoreThanAThousand(int most, int fences) {
        PassRule rule = new PassRule(most, 1);
        assertThat(rule.fences(ORDERS)).isEqualTo(fences);
        assertThat(rule.fences(demand(REQUEST.token("mine"), TTL))).isEqualTo(1);
    }
}
