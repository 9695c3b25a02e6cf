package io.distlock.core;

import io.distlock.LockLost;
import io.distlock.driver.LockDriver;
import io.distlock.driver.Ownership;
import io.distlock.driver.Renewal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Renews what this instance holds, a third of the ttl after the last success, and tells of what is lost. What is due in
 * one slice goes out together. A failed renewal is tried again every twentieth of the ttl while the hold may still be
 * believed; "not mine" is final at once.
 *
 * <p>All that is known of a renewal belongs to one holding, never to a key: an answer that comes late says nothing of the
 * next hold.
 */
final class KeepAlive {

    private static final int RENEWALS_PER_TTL = 3;

    private static final int RETRIES_PER_TTL = 20;

    private static final double JITTER = 0.1;

    /** What part of a ttl renewals may be gathered for, and for how long at most: so many leases cost few requests. */
    private static final int GATHERINGS_PER_TTL = 60;

    private static final long LONGEST_GATHERING = Duration.ofMillis(45).toNanos();

    private final LockDriver driver;

    private final Ticker ticker;

    private final Duration grace;

    /** Only on the timer's thread. */
    private List<Holding> due = new ArrayList<>();

    private long sendAt;

    KeepAlive(LockDriver driver, Ticker ticker, Duration grace) {
        this.driver = driver;
        this.ticker = ticker;
        this.grace = grace;
        ticker.atSliceEnd(this::sendDue);
    }

    /** Looks after a holding from here on, until it is over. */
    void watch(Holding holding) {
        long third = holding.ttl().toNanos() / RENEWALS_PER_TTL;
        long jittered =
                (long) (third * (1 - JITTER * ThreadLocalRandom.current().nextDouble()));
        wake(holding, System.nanoTime() + jittered);
    }

    /** Renews at once, and tells whether the hold is ours. */
    void renewNow(Holding holding, Duration ttl, Consumer<Boolean> then) {
        Sending sending = new Sending(holding, ttl);
        CompletionStage<Ownership> answer =
                this.driver.renew(List.of(sending.renewal(this.grace))).get(0);
        answer.whenComplete((found, failure) -> {
            if (found == Ownership.OURS) {
                sending.succeeded();
            }
            then.accept(found == Ownership.OURS);
        });
    }

    private void wake(Holding holding, long at) {
        long end = holding.deadline();
        long next = isRenewed(holding, at) && at - end < 0 ? at : end;
        holding.wakeAt(this.ticker.at(next, () -> awake(holding)));
    }

    private void awake(Holding holding) {
        if (holding.isOver()) {
            return;
        }
        long now = System.nanoTime();
        if (!holding.isBelieved(now)) {
            holding.line().lost(holding, LockLost.Reason.EXPIRED);
        } else if (isRenewed(holding, now)) {
            long gathered = Math.min(LONGEST_GATHERING, holding.ttl().toNanos() / GATHERINGS_PER_TTL);
            long latest = now + gathered - Ticker.SLICE;
            this.sendAt = this.due.isEmpty() || latest - this.sendAt < 0 ? latest : this.sendAt;
            this.due.add(holding);
        } else {
            wake(holding, now);
        }
    }

    private static boolean isRenewed(Holding holding, long at) {
        KeyLease lease = holding.lease();
        return lease != null
                && !holding.isFrozen()
                && lease.demand().autoRenew()
                && at - lease.since() < lease.demand().maxHold();
    }

    private boolean sendDue() {
        if (this.due.isEmpty() || System.nanoTime() - this.sendAt < 0) {
            return !this.due.isEmpty();
        }
        List<Sending> sending = new ArrayList<>(this.due.size());
        this.due.forEach(holding -> sending.add(new Sending(holding, holding.ttl())));
        this.due = new ArrayList<>();
        List<CompletionStage<Ownership>> answers = this.driver.renew(
                sending.stream().map(one -> one.renewal(this.grace)).toList());
        for (int i = 0; i < sending.size(); i++) {
            Sending one = sending.get(i);
            Holding holding = one.holding;
            wake(holding, holding.deadline());
            answers.get(i).whenComplete((found, failure) -> answered(one, found, failure));
        }
        return false;
    }

    private void answered(Sending sending, Ownership found, Throwable failure) {
        Holding holding = sending.holding;
        if (holding.isOver()) {
            return;
        }
        if (failure != null) {
            holding.renewalFailed();
            wake(holding, System.nanoTime() + holding.ttl().toNanos() / RETRIES_PER_TTL);
        } else if (found == Ownership.OURS) {
            sending.succeeded();
            watch(holding);
        } else {
            holding.line().lost(holding, found == Ownership.GONE ? LockLost.Reason.GONE : LockLost.Reason.TAKEN);
        }
    }

    /** One renewal under way: its validity counts from before it was sent. */
    private static final class Sending {

        private final Holding holding;

        private final Duration ttl;

        private final long sent = System.nanoTime();

        private final int epoch;

        Sending(Holding holding, Duration ttl) {
            this.holding = holding;
            this.ttl = ttl;
            this.epoch = holding.epoch();
        }

        Renewal renewal(Duration grace) {
            return new Renewal(this.holding.hold(), this.ttl.plus(grace));
        }

        void succeeded() {
            this.holding.renewed(this.sent, this.ttl, this.epoch);
        }
    }
}
