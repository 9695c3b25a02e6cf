package io.distlock.faults;

import io.distlock.LockUnavailableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * An instance in a process of its own, which can be frozen and killed. Does what it reads and says what happened; ends
 * with its standard input, so that it never outlives who started it.
 */
final class WaiterMain {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Before there was any client. */
    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    private final List<Setting> settings;

    private final List<Thread> threads = new ArrayList<>();

    private RunningInstance instance;

    private WaiterWork work;

    private WaiterMain(List<Setting> settings) {
        this.settings = settings;
        this.instance = Setting.instance(settings).start();
        this.work = new WaiterWork(this.instance, settings);
    }

    public static void main(String[] arguments) throws IOException {
        Stalls.begin(WaiterMain::stalled);
        WaiterMain main = new WaiterMain(Setting.read(arguments));
        main.warmUp();
        main.obey();
        Runtime.getRuntime().halt(0);
    }

    private static void stalled(long from, long until) {
        if (until - from > 50_000_000) {
            say("stalled " + from + " " + until);
        }
    }

    /** The first connection of a process takes its time on a busy machine. */
    private void warmUp() {
        for (boolean warm = false; !warm; ) {
            try {
                this.instance.locker().acquire("warm-up").release();
                warm = true;
            } catch (LockUnavailableException cold) {
                LockSupport.parkNanos(100_000_000);
            }
        }
        say("ready");
    }

    private void obey() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            switch (line) {
                case "gauge" -> gauge();
                case "rest" -> rest();
                case "close" -> close();
                case "open" -> open();
                default -> start(line);
            }
        }
    }

    private void start(String line) {
        Thread thread = new Thread(this.work.of(line.split(" ")), line);
        thread.setDaemon(true);
        this.threads.add(thread);
        thread.start();
    }

    private void rest() {
        this.work.end();
        for (Thread thread : this.threads) {
            try {
                thread.join();
            } catch (InterruptedException ex) {
                throw new AssertionError(ex);
            }
        }
        this.threads.clear();
        this.work = new WaiterWork(this.instance, this.settings);
        say("resting");
    }

    private void close() {
        long start = System.nanoTime();
        this.instance.close();
        long took = System.nanoTime() - start;
        while (!ofClients().isEmpty() && System.nanoTime() - start < PATIENCE.toNanos()) {
            LockSupport.parkNanos(10_000_000);
        }
        say("closed " + took + " " + ofClients());
    }

    private void open() {
        this.instance = Setting.instance(this.settings).start();
        this.work = new WaiterWork(this.instance, this.settings);
        warmUp();
    }

    private List<String> ofClients() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !this.before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("distlock") || name.startsWith("lettuce"))
                .toList();
    }

    private static void gauge() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        say("gauge " + (runtime.totalMemory() - runtime.freeMemory()) + " " + Thread.activeCount());
    }

    static void say(String what) {
        System.out.println(what);
    }
}
