package io.distlock.redis;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that wait for answers, a few for each server: those that wait for one that is silent must not keep the others'
 * commands waiting.
 */
final class JedisLanes {

    private final int most;

    private final ConcurrentMap<String, ThreadPoolExecutor> lanes = new ConcurrentHashMap<>();

    private volatile boolean closed;

    JedisLanes(int most) {
        this.most = most;
    }

    Executor to(String server) {
        ThreadPoolExecutor lane = this.lanes.computeIfAbsent(server, any -> threads());
        if (this.closed) {
            lane.shutdown();
        }
        return lane;
    }

    private ThreadPoolExecutor threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                this.most, this.most, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), JedisLanes::thread);
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "distlock-jedis");
        thread.setDaemon(true);
        return thread;
    }

    void close() {
        this.closed = true;
        this.lanes.values().forEach(ThreadPoolExecutor::shutdown);
    }
}
