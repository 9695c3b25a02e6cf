package io.distlock.faults;

import io.distlock.Lease;
import io.distlock.LockException;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * An instance in a process of its own, which can be frozen and killed. Does what it reads and says what happened; ends
 * with its standard input, so that it never outlives who started it.
 */
final class WaiterMain {

    /** For how long every second write is under way. */
    static final long WRITE_DELAY = 400_000_000;

    private final RunningInstance instance;

    private final Duration idle;

    private final List<Thread> workers = new ArrayList<>();

    private volatile boolean over;

    private WaiterMain(RunningInstance instance, Duration idle) {
        this.instance = instance;
        this.idle = idle;
    }

    public static void main(String[] arguments) throws IOException {
        List<Setting> settings = Setting.read(arguments);
        RunningInstance instance = Setting.instance(settings).start();
        warmUp(instance);
        say("ready");
        new WaiterMain(instance, Setting.idle(settings)).obey();
        Runtime.getRuntime().halt(0);
    }

    /** The first connection of a process takes its time on a busy machine. */
    private static void warmUp(RunningInstance instance) {
        for (boolean warm = false; !warm; ) {
            try {
                instance.locker().acquire("warm-up").release();
                warm = true;
            } catch (LockUnavailableException cold) {
                LockSupport.parkNanos(100_000_000);
            }
        }
    }

    private void obey() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            if (words[0].equals("gauge")) {
                gauge();
                continue;
            }
            LockRequest request = LockRequest.of(words[1])
                    .ttl(Duration.ofMillis(Long.parseLong(words[2])))
                    .waitFor(Duration.ofSeconds(30));
            Duration hold = Duration.ofMillis(Long.parseLong(words[3]));
            this.over = words[0].equals("rest");
            if (this.over) {
                awaitRest();
                continue;
            }
            Thread worker = new Thread(
                    switch (words[0]) {
                        case "take" -> () -> take(request, hold, false);
                        case "turns" -> () -> take(request, hold, true);
                        case "ask" -> () -> ask(request.waitFor(Duration.ZERO));
                        case "write" -> () -> write(request, hold);
                        case "cycles" -> () -> cycle(words[1], hold.toMillis());
                        default -> throw new IllegalArgumentException(line);
                    },
                    line);
            worker.setDaemon(true);
            this.workers.add(worker);
            worker.start();
        }
    }

    private void awaitRest() {
        for (Thread worker : this.workers) {
            try {
                worker.join();
            } catch (InterruptedException ex) {
                throw new AssertionError(ex);
            }
        }
        this.workers.clear();
        say("resting");
    }

    private void take(LockRequest request, Duration hold, boolean again) {
        do {
            try {
                Lease lease = this.instance.locker().acquire(request);
                lease.onLost(lost -> say("lost " + lease.key() + " " + lease.fencingToken() + " " + System.nanoTime()));
                hold(lease, hold);
                say("outcome " + lease.key() + " " + lease.fencingToken() + " " + lease.release());
                LockSupport.parkNanos(this.idle.toNanos());
            } catch (LockUnavailableException away) {
                say("unavailable " + away);
                LockSupport.parkNanos(20_000_000);
            } catch (LockException refused) {
                say("refused " + refused);
            }
        } while (again && !this.over);
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

    /**
     * Writes as long as it holds: looks, sends, and waits for the write to arrive, which every second time takes long.
     * The line that it says is the write; it arrives after the delay that it names, whatever happens to this process.
     */
    private void write(LockRequest request, Duration hold) {
        while (!this.over) {
            try (Lease lease = this.instance.locker().acquire(request)) {
                String what = "write " + lease.key() + " " + lease.fencingToken() + " ";
                long end = System.nanoTime() + hold.toNanos();
                boolean late = false;
                while (lease.isHeld() && System.nanoTime() < end && !this.over) {
                    long delay = late ? WRITE_DELAY : 0;
                    say(what + (System.nanoTime() + delay));
                    LockSupport.parkNanos(Math.max(delay, 5_000_000));
                    late = !late;
                }
            } catch (LockException refused) {
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    /** Locks and unlocks a thousand keys one after the other, so many times altogether. */
    private void cycle(String key, long count) {
        for (long i = 0; i < count; i++) {
            this.instance.locker().acquire(key + "-" + i % 1000).release();
        }
        say("cycled");
    }

    private static void gauge() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        say("gauge " + (runtime.totalMemory() - runtime.freeMemory()) + " " + Thread.activeCount());
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
        say("ended " + what + until);
    }

    private static void say(String what) {
        System.out.println(what);
    }
}
