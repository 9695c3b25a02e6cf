package io.distlock.faults;

import static io.distlock.faults.WaiterMain.say;

import io.distlock.Lease;
import io.distlock.LockException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.fence.StaleFenceException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** What the threads of a {@link WaiterMain} do under locks, until that ends, and what they say of it. */
final class WaiterWork {

    /** For how long every second write is under way. */
    static final long WRITE_DELAY = 400_000_000;

    /** Longer than anything that is broken here. */
    private static final Duration PATIENT = Duration.ofMinutes(10);

    private static final long AWAY = 20_000_000;

    private final RunningInstance instance;

    private final List<Setting> settings;

    private final Duration idle;

    private volatile boolean over;

    WaiterWork(RunningInstance instance, List<Setting> settings) {
        this.instance = instance;
        this.settings = settings;
        this.idle = Setting.idle(settings);
    }

    /** Everything ends at its next turn. */
    void end() {
        this.over = true;
    }

    /** @param words what, which key, with which ttl, and how long or how often */
    Runnable of(String... words) {
        LockRequest request = LockRequest.of(words[1])
                .ttl(Duration.ofMillis(Long.parseLong(words[2])))
                .waitFor(PATIENT);
        long number = Long.parseLong(words[3]);
        Duration time = Duration.ofMillis(number);
        return switch (words[0]) {
            case "take" -> () -> take(request, time, Again.NEVER);
            case "once" -> () -> take(request, time, Again.AFTER_TROUBLE);
            case "turns" -> () -> take(request, time, Again.ALWAYS);
            case "ask" -> () -> ask(request.waitFor(Duration.ZERO));
            case "insist" -> () -> insist(request.waitFor(time));
            case "write" -> () -> write(request, time);
            case "guard" -> () -> guard(request, time, new Ledger.Writer(Setting.ledger(this.settings)));
            case "relock" -> () -> relock(request);
            case "cycles" -> () -> cycle(words[1], Integer.parseInt(words[4]), number);
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private enum Again {
        NEVER,
        AFTER_TROUBLE,
        ALWAYS
    }

    private void take(LockRequest request, Duration time, Again again) {
        Again next = again;
        do {
            try {
                Lease lease = acquired(request);
                hold(lease, time);
                release(lease);
                LockSupport.parkNanos(this.idle.toNanos());
                next = again == Again.ALWAYS ? again : Again.NEVER;
            } catch (LockException refused) {
                refused(refused);
            }
        } while (next != Again.NEVER && !this.over);
    }

    private Lease acquired(LockRequest request) {
        Lease lease = this.instance.locker().acquire(request);
        lease.onLost(lost -> say("lost " + lease.key() + " " + lease.fencingToken() + " " + System.nanoTime()));
        return lease;
    }

    private void hold(Lease lease, Duration time) {
        long from = System.nanoTime();
        long believed = System.nanoTime() + lease.validity().toNanos();
        if (!lease.isHeld()) {
            say("late");
            return;
        }
        String what = lease.key() + " " + lease.fencingToken() + " " + from + " ";
        say("granted " + what + believed);
        long until = from;
        for (long now = from; lease.isHeld() && now - from <= time.toNanos() && !this.over; now = System.nanoTime()) {
            until = now;
            LockSupport.parkNanos(1_000_000);
        }
        say("ended " + what + until + (lease.isHeld() ? " held" : " lost"));
    }

    private void release(Lease lease) {
        long validity = lease.validity().toNanos();
        long start = System.nanoTime();
        ReleaseOutcome outcome = lease.release();
        long took = System.nanoTime() - start;
        say("outcome " + lease.key() + " " + lease.fencingToken() + " " + outcome + " " + validity + " " + took);
    }

    /** Trouble is met again and again; that others hold the lock is told only to who has waited for all of its time. */
    private void refused(LockException refused) {
        if (refused instanceof LockUnavailableException) {
            say("unavailable " + refused);
            LockSupport.parkNanos(AWAY);
        } else {
            say("refused " + refused);
        }
    }

    private void ask(LockRequest request) {
        long start = System.nanoTime();
        String answer = "GRANTED";
        try {
            this.instance.locker().acquire(request).release();
        } catch (LockException refused) {
            answer = refused.toString();
        }
        say("answer " + (System.nanoTime() - start) + " " + answer);
    }

    /** Wants what others keep, for a while each time. */
    private void insist(LockRequest request) {
        while (!this.over) {
            long start = System.nanoTime();
            String answer;
            try {
                Lease lease = acquired(request);
                answer = "GRANTED";
                hold(lease, Duration.ZERO);
                release(lease);
            } catch (LockNotAcquiredException refused) {
                answer = refused.reason().toString();
            } catch (LockUnavailableException away) {
                answer = "UNAVAILABLE";
            }
            long waitFor = request.waitFor().orElseThrow().toNanos();
            say("insisted " + start + " " + (System.nanoTime() - start) + " " + waitFor + " " + answer);
            LockSupport.parkNanos(AWAY);
        }
    }

    /**
     * Writes as long as it holds: looks, sends, and waits for the write to arrive, which every second time takes long.
     * The line that it says is the write; it arrives after the delay that it names, whatever happens to this process.
     */
    private void write(LockRequest request, Duration time) {
        while (!this.over) {
            try (Lease lease = this.instance.locker().acquire(request)) {
                String what = "write " + lease.key() + " " + lease.fencingToken() + " ";
                long end = System.nanoTime() + time.toNanos();
                boolean late = false;
                while (lease.isHeld() && System.nanoTime() < end && !this.over) {
                    long delay = late ? WRITE_DELAY : 0;
                    say(what + (System.nanoTime() + delay));
                    LockSupport.parkNanos(Math.max(delay, 5_000_000));
                    late = !late;
                }
            } catch (LockException refused) {
                LockSupport.parkNanos(AWAY);
            }
        }
    }

    /** Never asks whether it still holds what it took: it writes until the fence of somebody later stops it. */
    private void guard(LockRequest request, Duration time, Ledger.Writer ledger) {
        while (!this.over) {
            try {
                Lease lease = acquired(request);
                String what = lease.key() + " " + lease.fencingToken();
                long end = System.nanoTime() + time.toNanos();
                try {
                    while (!this.over && System.nanoTime() - end < 0) {
                        ledger.write(lease);
                        say("wrote " + what);
                        LockSupport.parkNanos(AWAY);
                    }
                } catch (StaleFenceException stale) {
                    say("stale " + what);
                }
                release(lease);
            } catch (LockException refused) {
                refused(refused);
            }
        }
    }

    /** Holds until the answer of a renewal is likely to be under way, and takes the same lock again at once; then keeps it. */
    private void relock(LockRequest request) {
        long ttl = request.ttl().orElseThrow().toNanos();
        for (int i = 0; i < 40; i++) {
            release(acquired(request));
        }
        for (int i = 0; i < 4; i++) {
            Lease lease = acquired(request);
            hold(lease, Duration.ofNanos((long)
                    (ttl * (0.29 + 0.08 * ThreadLocalRandom.current().nextDouble()))));
            release(lease);
        }
        Lease kept = acquired(request);
        hold(kept, Duration.ofNanos(ttl + ttl / 5));
        release(kept);
        say("relocked " + request);
    }

    /** Locks and unlocks so many keys one after the other, so many times altogether. */
    private void cycle(String key, int keys, long count) {
        for (long i = 0; i < count; i++) {
            this.instance.locker().acquire(key + "-" + i % keys).release();
        }
        say("cycled");
    }
}
