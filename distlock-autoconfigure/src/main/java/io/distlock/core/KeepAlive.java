package io.distlock.core;

import io.distlock.LockLost;
import io.distlock.driver.LockDriver;
import io.distlock.driver.Ownership;
import io.distlock.driver.Renewal;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Renews what this instance holds, a third of the ttl after the last success, and tells of what is lost. What is due in
 * one slice goes out together. A failed renewal is tried again every twentieth of the ttl while the hold may still be
 * believed; "not mine" is final at once. What the clocks made uncertain is asked about at once.
 *
 * <p>All that is known of a renewal belongs to one holding, never to a key: an answer that comes late says nothing of the
 * next hold.
 */
final class KeepAlive {

    private static final System.Logger LOG = System.getLogger(KeepAlive.class.getName());

    private static final int RENEWALS_PER_TTL = 3;

    private static final int RETRIES_PER_TTL = 20;

    private static final long LONGEST_DOUBT = Duration.ofMillis(250).toNanos();

    private static final double JITTER = 0.1;

    /** What part of a ttl renewals may be gathered for, and for how long at most: so many leases cost few requests. */
    private static final int GATHERINGS_PER_TTL = 60;

    private static final long LONGEST_GATHERING = Duration.ofMillis(45).toNanos();

    private final LockDriver driver;

    private final Ticker ticker;

    private final Clocks clocks;

    private final Tellers tellers;

    private final Duration grace;

    private final Runnable heldForLong;

    /** Whether it has been said, and none has succeeded since. */
    private final AtomicBoolean failing = new AtomicBoolean();

    /** Only on the timer's thread. */
    private List<Holding> due = new ArrayList<>();

    private long sendAt;

    /** When the first of those that are due was meant to be sent. */
    private long planned;

    /** @param heldForLong called before every renewal */
    KeepAlive(LockDriver driver, Ticker ticker, Clocks clocks, Tellers tellers, Duration grace, Runnable heldForLong) {
        this.driver = driver;
        this.ticker = ticker;
        this.clocks = clocks;
        this.tellers = tellers;
        this.grace = grace;
        this.heldForLong = heldForLong;
        clocks.onJump(ticker::hurry);
        ticker.atSliceEnd(this::sendDue);
    }

    /** Looks after a holding from here on, until it is over. */
    void watch(Holding holding) {
        long third = holding.ttl().toNanos() / RENEWALS_PER_TTL;
        long jittered =
                (long) (third * (1 - JITTER * ThreadLocalRandom.current().nextDouble()));
        wake(holding, System.nanoTime() + (holding.isCertain() ? jittered : 0));
    }

    /** Renews at once, and tells whether the hold is ours. */
    void renewNow(Holding holding, Duration ttl, Consumer<Boolean> then) {
        Sending sending = new Sending(holding, ttl);
        this.driver.renew(List.of(sending.renewal(this.grace))).get(0).whenComplete((found, failure) -> {
            if (found == Ownership.OURS) {
                sending.succeeded();
            }
            then.accept(found == Ownership.OURS);
        });
    }

    private void wake(Holding holding, long at) {
        long next = holding.deadline();
        KeyLease lease = holding.lease();
        if (lease != null && lease.demand().autoRenew() && !holding.isFrozen()) {
            long tooOld = lease.since() + lease.demand().maxHold();
            next = earlier(next, earlier(at, tooOld));
        }
        wakeAt(holding, next);
        if (next - at > 0 && !holding.isCertain()) {
            // the watchmen may have been hurried before this one stood there
            wakeAt(holding, at);
        }
    }

    private void wakeAt(Holding holding, long planned) {
        holding.wakeAt(this.ticker.watch(planned, () -> awake(holding, planned)));
    }

    private static long earlier(long one, long other) {
        return one - other < 0 ? one : other;
    }

    private void awake(Holding holding, long planned) {
        if (holding.isOver()) {
            return;
        }
        long now = System.nanoTime();
        if (!holding.isBelieved(now)) {
            holding.line().lost(holding, LockLost.Reason.EXPIRED);
            return;
        }
        KeyLease lease = holding.lease();
        if (isRenewed(holding, lease, now)) {
            renewSoon(holding, earlier(planned, now), now);
            return;
        }
        if (lease != null && !holding.isFrozen()) {
            HolderReport.of(lease, now);
        }
        wakeAt(holding, holding.deadline());
        if (!holding.isCertain()) {
            count(holding);
        }
    }

    private void renewSoon(Holding holding, long planned, long now) {
        long most = Math.min(LONGEST_GATHERING, holding.ttl().toNanos() / GATHERINGS_PER_TTL);
        long latest = now + (holding.isCertain() ? most : 0) - Ticker.SLICE;
        boolean first = this.due.isEmpty();
        this.sendAt = first ? latest : earlier(latest, this.sendAt);
        this.planned = first ? planned : earlier(planned, this.planned);
        this.due.add(holding);
    }

    private static boolean isRenewed(Holding holding, @Nullable KeyLease lease, long now) {
        return lease != null && !holding.isFrozen() && lease.isRenewed(now);
    }

    private boolean sendDue() {
        this.clocks.settle();
        long now = System.nanoTime();
        if (this.due.isEmpty() || now - this.sendAt < 0) {
            return !this.due.isEmpty();
        }
        List<Holding> sent =
                this.due.stream().filter(holding -> !holding.isOver()).toList();
        this.due = new ArrayList<>();
        if (!sent.isEmpty()) {
            this.heldForLong.run();
            this.tellers.renewals(sent.size(), Duration.ofNanos(now - this.planned));
            renew(sent);
        }
        return false;
    }

    private List<CompletionStage<Void>> renew(List<Holding> holdings) {
        List<Sending> sending =
                holdings.stream().map(one -> new Sending(one, one.ttl())).toList();
        List<CompletionStage<Ownership>> answers = this.driver.renew(
                sending.stream().map(one -> one.renewal(this.grace)).toList());
        List<CompletionStage<Void>> known = new ArrayList<>(holdings.size());
        for (int i = 0; i < answers.size(); i++) {
            Sending one = sending.get(i);
            wakeAt(one.holding, one.holding.deadline());
            known.add(answers.get(i).handle((found, failure) -> {
                answered(one, found, failure);
                return null;
            }));
        }
        return known;
    }

    private void answered(Sending sending, @Nullable Ownership found, @Nullable Throwable failure) {
        Holding holding = sending.holding;
        if (holding.isOver()) {
            return;
        }
        if (found == null || failure != null) {
            if (this.failing.compareAndSet(false, true)) {
                LOG.log(
                        Level.WARNING,
                        "Renewals fail, and are tried again as long as their locks may be believed in: "
                                + StoreCalls.trouble(failure).getMessage());
            }
            retry(holding);
        } else if (found == Ownership.OURS) {
            this.failing.set(false);
            sending.succeeded();
            watch(holding);
        } else {
            holding.line().lost(holding, found == Ownership.GONE ? LockLost.Reason.GONE : LockLost.Reason.TAKEN);
        }
    }

    private void retry(Holding holding) {
        holding.renewalFailed();
        wake(holding, retryAt(holding));
    }

    /** Who does not know whether it holds does not wait long. */
    private static long retryAt(Holding holding) {
        long pause = holding.ttl().toNanos() / RETRIES_PER_TTL;
        return System.nanoTime() + (holding.isCertain() ? pause : Math.min(pause, LONGEST_DOUBT));
    }

    // ---- what the clocks made uncertain ----

    /** Asks whether an uncertain hold is ours; the answer has made it held or lost when the stage is complete. */
    CompletionStage<Void> ask(Holding holding) {
        return isRenewed(holding, holding.lease(), System.nanoTime())
                ? renew(List.of(holding)).get(0)
                : count(holding);
    }

    /** One that is not renewed must not be lengthened: the store says how long it lasts. */
    private CompletionStage<Void> count(Holding holding) {
        long sent = System.nanoTime();
        int epoch = holding.epoch();
        return this.driver.ttl(holding.hold()).handle((left, failure) -> {
            if (!holding.isOver()) {
                counted(holding, sent, epoch, left, failure);
            }
            return null;
        });
    }

    private void counted(
            Holding holding, long sent, int epoch, @Nullable Optional<Duration> left, @Nullable Throwable failure) {
        if (left == null || failure != null) {
            wake(holding, retryAt(holding));
        } else if (left.isPresent()) {
            holding.counted(sent, left.get().minus(this.grace), epoch);
            wake(holding, holding.deadline());
        } else {
            holding.line().lost(holding, LockLost.Reason.GONE);
        }
    }

    // ---- what a clock makes old that does not run by itself ----

    /** Shortens belief by that time; the store then says how long it really lasts, and renews what is renewed. */
    void age(Holding holding, long nanos, boolean renewed) {
        if (!renewed && isRenewed(holding, holding.lease(), System.nanoTime())) {
            return;
        }
        holding.shorten(holding.deadline() - nanos);
        if (holding.isBelieved(System.nanoTime())) {
            ask(holding).toCompletableFuture().join();
        } else {
            holding.line().lost(holding, LockLost.Reason.EXPIRED);
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
