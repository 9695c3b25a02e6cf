package io.distlock.core;

import io.distlock.LockLost;
import io.distlock.driver.LockDriver;
import io.distlock.driver.Ownership;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Renews what this instance holds, a third of the ttl after the last time, and tells of what is lost. What is due in one
 * window of time goes out together. A failed renewal is tried again every twentieth of the ttl while the hold may still be
 * believed; "not mine" is final at once. What the clocks made uncertain is asked about at once.
 *
 * <p>Each holding has one entry of the timer, which is set to the next renewal while one is sent: an answer in time, which
 * is what nearly all of them are, has no more to do than to lengthen belief.
 *
 * <p>All that is known of a renewal belongs to one holding, never to a key: an answer that comes late says nothing of the
 * next hold.
 */
final class KeepAlive {

    private static final int RENEWALS_PER_TTL = 3;

    private static final int RETRIES_PER_TTL = 20;

    private static final long LONGEST_DOUBT = Duration.ofMillis(250).toNanos();

    private static final double JITTER = 0.1;

    /** Renewals fall due at the beginnings of windows, the same for all ttls, so that many leases cost few requests. */
    private static final long LONGEST_WINDOW = Duration.ofMillis(50).toNanos();

    private static final int WINDOWS_PER_TTL = 60;

    private final LockDriver driver;

    private final Ticker ticker;

    private final Clocks clocks;

    private final Tellers tellers;

    private final Duration grace;

    private final Runnable heldForLong;

    private final RenewalTrouble trouble = new RenewalTrouble();

    /** What goes out at the end of this slice; only on the timer's thread. */
    private Renewing due = new Renewing(this);

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
        watch(holding, System.nanoTime());
    }

    void watch(Holding holding, long now) {
        long next = nextRenewal(holding.ttl().toNanos(), now);
        boolean inTime = holding.isCertain(now) && holding.deadline() - next > 0;
        wake(holding, inTime ? next : now);
    }

    /** A third of the ttl from now, less up to a tenth of that, so that not all of them are due at once. */
    static long nextRenewal(long ttl, long now) {
        double jittered = (1 - JITTER * ThreadLocalRandom.current().nextDouble()) * ttl / RENEWALS_PER_TTL;
        long next = now + (long) jittered;
        long window = LONGEST_WINDOW;
        while (window > ttl / WINDOWS_PER_TTL) {
            window /= 2;
        }
        return next - Math.floorMod(next, Math.max(1, window));
    }

    /** Renews at once, and tells whose the hold is, or why nobody says. */
    void renewNow(Holding holding, Duration ttl, BiConsumer<@Nullable Ownership, @Nullable Throwable> then) {
        int epoch = holding.epoch();
        long sent = System.nanoTime();
        this.driver.renew(List.of(holding.renewal(ttl.plus(this.grace)))).get(0).whenComplete((found, failure) -> {
            if (found == Ownership.OURS) {
                holding.renewed(sent, ttl, epoch);
            }
            then.accept(found, failure);
        });
    }

    private void wake(Holding holding, long at) {
        long next = next(holding, at);
        wakeAt(holding, next);
        if (next - at > 0 && !holding.isCertain()) {
            // the watchmen may have been hurried before this one stood there
            wakeAt(holding, at);
        }
    }

    /** When to look at it, if a renewal is due then. */
    private static long next(Holding holding, long at) {
        KeyLease lease = holding.lease();
        return lease == null || !lease.wantsRenewal()
                ? holding.deadline()
                : earlier(holding.deadline(), earlier(at, lease.renewedUntil()));
    }

    private void wakeAt(Holding holding, long planned) {
        holding.wakeAt(this.ticker.watch(planned, holding));
    }

    private static long earlier(long one, long other) {
        return one - other < 0 ? one : other;
    }

    /** Called by the timer. */
    void due(Holding holding, Ticker.Entry entry) {
        long now = System.nanoTime();
        if (holding.isOver()) {
            return;
        }
        if (!holding.isBelieved(now)) {
            holding.line().lost(holding, LockLost.Reason.EXPIRED);
            return;
        }
        KeyLease lease = holding.lease();
        if (!isRenewed(lease, now)) {
            // first of all, so that its end is noticed whatever becomes of the rest
            this.ticker.again(entry, holding.deadline());
            if (!holding.isCertain()) {
                count(holding);
            }
            if (lease != null) {
                HolderReport.of(lease, now);
            }
        } else if (holding.isRenewing()) {
            this.ticker.again(entry, holding.deadline());
        } else {
            this.due.add(holding, earlier(entry.at(), now));
            this.ticker.again(entry, next(holding, nextRenewal(holding.ttl().toNanos(), now)));
        }
    }

    private static boolean isRenewed(@Nullable KeyLease lease, long now) {
        return lease != null && lease.isRenewed(now);
    }

    private boolean sendDue() {
        this.clocks.settle();
        Renewing ready = this.due;
        if (!ready.isEmpty()) {
            this.due = new Renewing(this);
            this.heldForLong.run();
            this.tellers.renewals(ready.size(), ready.lag());
            ready.send(this.driver, this.grace);
        }
        return false;
    }

    /** What became of a renewal that was sent then. */
    void answered(
            Holding holding,
            long sent,
            Duration ttl,
            int epoch,
            @Nullable Ownership found,
            @Nullable Throwable failure) {
        boolean late = holding.renewingEnded();
        if (holding.isOver()) {
            return;
        }
        if (found == null) {
            retry(holding);
            this.trouble.began(holding, failure);
        } else if (found == Ownership.OURS) {
            if (holding.isInTrouble()) {
                this.trouble.ended(holding);
            }
            holding.renewed(sent, ttl, epoch);
            if (late) {
                wake(holding, System.nanoTime());
            }
        } else {
            holding.line().lost(holding, found == Ownership.GONE ? LockLost.Reason.GONE : LockLost.Reason.TAKEN);
        }
    }

    private void retry(Holding holding) {
        holding.renewalFailed();
        wake(holding, retryAt(holding));
    }

    void outOfTrouble(Holding holding) {
        this.trouble.ended(holding);
    }

    /** Who does not know whether it holds does not wait long. */
    private static long retryAt(Holding holding) {
        long pause = holding.ttl().toNanos() / RETRIES_PER_TTL;
        return System.nanoTime() + (holding.isCertain() ? pause : Math.min(pause, LONGEST_DOUBT));
    }

    // ---- what the clocks made uncertain ----

    /** Asks whether an uncertain hold is ours; the answer has made it held or lost when the stage is complete. */
    CompletionStage<Void> ask(Holding holding) {
        return isRenewed(holding.lease(), System.nanoTime()) ? renew(holding) : count(holding);
    }

    private CompletionStage<Void> renew(Holding holding) {
        int epoch = holding.epoch();
        Duration ttl = holding.ttl();
        long sent = System.nanoTime();
        return this.driver
                .renew(List.of(holding.renewal(ttl.plus(this.grace))))
                .get(0)
                .handle((found, failure) -> {
                    answered(holding, sent, ttl, epoch, found, failure);
                    return null;
                });
    }

    /** One that is not renewed must not be lengthened: the store says how long it lasts. */
    private CompletionStage<Void> count(Holding holding) {
        return askHowLong(holding).handle((left, failure) -> null);
    }

    private CompletionStage<Optional<Duration>> askHowLong(Holding holding) {
        long sent = System.nanoTime();
        int epoch = holding.epoch();
        return this.driver.ttl(holding.hold()).whenComplete((left, failure) -> {
            if (!holding.isOver()) {
                counted(holding, sent, epoch, left, failure);
            }
        });
    }

    /** How long it lasts in the store, which also settles whether it is ours where that is uncertain. */
    CompletionStage<Optional<Duration>> ttl(Holding holding) {
        return holding.isCertain() ? this.driver.ttl(holding.hold()) : askHowLong(holding);
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
        if (!renewed && isRenewed(holding.lease(), System.nanoTime())) {
            return;
        }
        holding.shorten(holding.deadline() - nanos);
        if (holding.isBelieved(System.nanoTime())) {
            ask(holding).toCompletableFuture().join();
        } else {
            holding.line().lost(holding, LockLost.Reason.EXPIRED);
        }
    }
}
