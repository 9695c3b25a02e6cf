package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/**
 * The application's Jedis connections, which block: a few threads of our own wait for the answers, so that no caller is
 * held longer than its time-out. What Jedis itself allows a command ({@code spring.data.redis.timeout}) only says for how
 * long such a thread is busy with a server that is silent.
 */
final class JedisLink implements RedisLink {

    /** As many connections as a pool has by default. */
    private static final int MOST_AT_ONCE = 8;

    private final JedisConnectionFactory factory;

    private final boolean oneServer;

    private static final int MOST_WAITING = 2;

    /** A time-out is a third of the ttl at most: what comes later than this is of no use. */
    private static final int MOST_TIMEOUTS = 3;

    /** By which the server's own answer, that the time is over, may come later. */
    private static final Duration MARGIN = Duration.ofMillis(250);

    private final ThreadPoolExecutor threads = threads(MOST_AT_ONCE);

    /** Others than those that renew: who waits for replicas may wait long. */
    private final ThreadPoolExecutor waiters = threads(MOST_WAITING);

    private final JedisInbox inbox;

    /** When somebody was answered last. */
    private volatile long heardAt = System.nanoTime();

    JedisLink(JedisConnectionFactory factory) {
        this.factory = factory;
        this.oneServer = !factory.isRedisClusterAware() && !factory.isRedisSentinelAware();
        this.inbox = new JedisInbox(factory);
    }

    private static ThreadPoolExecutor threads(int most) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                most, most, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), JedisLink::thread);
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "distlock-jedis");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public CompletableFuture<List<Object>> run(Script script, Duration timeout, String[] keys, String[] arguments) {
        return ask(
                this.threads, timeout, redis -> JedisScripts.run(redis.scriptingCommands(), script, keys, arguments));
    }

    @Override
    public CompletableFuture<Void> load(Duration timeout) {
        return ask(this.threads, timeout, redis -> {
                    JedisScripts.load(redis.scriptingCommands());
                    return true;
                })
                .thenAccept(loaded -> {});
    }

    @Override
    public CompletableFuture<Long> copies(String record, int replicas, Duration timeout) {
        return ask(this.waiters, timeout.plus(MARGIN), redis -> JedisCopies.await(redis, record, replicas, timeout));
    }

    private <T> CompletableFuture<T> ask(Executor threads, Duration timeout, Function<RedisConnection, T> question) {
        JedisCommand<T> command = new JedisCommand<>(this.factory, question);
        try {
            threads.execute(command);
        } catch (RejectedExecutionException closed) {
            return CompletableFuture.failedFuture(
                    new LockDriverException(Kind.UNREACHABLE, "the locker is closed", closed));
        }
        command.answer().thenRun(() -> this.heardAt = System.nanoTime());
        return inTime(command, timeout, command.start() + timeout.toNanos());
    }

    /**
     * While others are answered, a queue before the few threads is what takes so long, up to a limit: only what has been
     * sent, or finds all others unanswered too, is late when its time is over.
     */
    private <T> CompletableFuture<T> inTime(JedisCommand<T> command, Duration timeout, long end) {
        CompletableFuture<T> answer = command.answer();
        return answer.copy()
                .orTimeout(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)
                .exceptionallyCompose(failure -> {
                    if (!(failure instanceof TimeoutException)) {
                        return answer;
                    }
                    long most = command.start() + MOST_TIMEOUTS * timeout.toNanos();
                    long next = Math.min(most, command.silentSince(this.heardAt) + timeout.toNanos());
                    if (next - System.nanoTime() > 0) {
                        return inTime(command, timeout, next);
                    }
                    command.giveUp(silent(command, timeout));
                    return answer;
                });
    }

    private LockDriverException silent(JedisCommand<?> command, Duration timeout) {
        return new LockDriverException(
                command.isSent() ? Kind.UNANSWERED : Kind.UNREACHABLE,
                this + " did not answer within " + timeout.toMillis() + " ms",
                null);
    }

    @Override
    public CompletableFuture<Void> subscribe(String channel, Duration timeout, Consumer<String> listener) {
        return this.inbox.open(channel, listener);
    }

    @Override
    public boolean isListening() {
        return this.inbox.isListening();
    }

    /** A connection that is lost fails its command, which is not sent again. Only in a cluster Jedis does so, unseen. */
    @Override
    public long losses() {
        return 0;
    }

    @Override
    public boolean isOneServer() {
        return this.oneServer;
    }

    @Override
    public boolean isCluster() {
        return this.factory.isRedisClusterAware();
    }

    @Override
    public void close() {
        this.inbox.close();
        this.threads.shutdown();
        this.waiters.shutdown();
    }

    @Override
    public String toString() {
        return this.oneServer
                ? "Redis at " + this.factory.getHostName() + ":" + this.factory.getPort()
                : isCluster() ? "the Redis cluster" : "Redis behind Sentinel";
    }
}
