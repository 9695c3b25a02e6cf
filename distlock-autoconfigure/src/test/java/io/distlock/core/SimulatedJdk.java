package io.distlock.core;

import java.time.Instant;
import java.util.Random;
import java.util.ResourceBundle;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK answers in a simulated world, under the names and signatures of what it stands for. One thread per class
 * loader uses it.
 */
public final class SimulatedJdk {

    private static @Nullable SimulatedWorld world;

    private SimulatedJdk() {}

    static void enter(SimulatedWorld next) {
        world = next;
    }

    private static SimulatedWorld here() {
        SimulatedWorld known = world;
        if (known == null) {
            throw new AssertionError("outside of any simulated world");
        }
        return known;
    }

    public static long nanoTime() {
        return here().nanoTime();
    }

    public static long currentTimeMillis() {
        return here().wallMillis();
    }

    public static Instant now() {
        return Instant.ofEpochMilli(here().wallMillis());
    }

    public static Random current() {
        return here().jitter();
    }

    /** What is logged of each loss would be most of the work. */
    public static System.Logger getLogger(String name) {
        return new Silence(name);
    }

    /** Threads of the timer are simulated slice by slice; all others run once, soon. */
    @SuppressWarnings("DoNotCall")
    public static void start(Thread thread) {
        if (!thread.getName().equals(SimulatedMachine.TICKER)) {
            here().soon(thread::run);
        }
    }

    public static ExecutorService newCachedThreadPool(ThreadFactory threads) {
        return new Pool();
    }

    /** Nothing is swept: what is over is as good as gone. */
    public static Executor delayedExecutor(long delay, TimeUnit unit) {
        return task -> {};
    }

    /** Everybody else goes on meanwhile. */
    public static <T> T join(CompletableFuture<T> future) {
        here().passUntil(future::isDone);
        return future.getNow(null);
    }

    /** Who looks again and again lets time pass. */
    public static void yield() {
        here().spend(20_000);
    }

    public static int availableProcessors(Runtime runtime) {
        return 2;
    }

    public static void park(Object blocker) {
        throw new AssertionError("the only thread parks at " + blocker);
    }

    public static void parkNanos(Object blocker, long nanos) {
        park(blocker);
    }

    /** Threads that run what they are given soon, in whichever order. */
    public static final class Pool extends ThreadPoolExecutor {

        private Pool() {
            this(0, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Thread::new);
        }

        public Pool(
                int core, int most, long idle, TimeUnit unit, BlockingQueue<Runnable> queue, ThreadFactory threads) {
            super(core, most, idle, unit, queue, threads);
        }

        public Pool(
                int core,
                int most,
                long idle,
                TimeUnit unit,
                BlockingQueue<Runnable> queue,
                ThreadFactory threads,
                RejectedExecutionHandler rejected) {
            super(core, most, idle, unit, queue, threads, rejected);
        }

        @Override
        public void execute(Runnable task) {
            if (isShutdown()) {
                getRejectedExecutionHandler().rejectedExecution(task, this);
            } else {
                here().soon(task);
            }
        }
    }

    private record Silence(String name) implements System.Logger {

        @Override
        public String getName() {
            return this.name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level == Level.ERROR;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
            if (level == Level.ERROR) {
                throw new AssertionError(message, thrown);
            }
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... params) {
            log(level, bundle, format, (Throwable) null);
        }
    }
}
