package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/**
 * The application's Jedis connections, which block: a few threads of our own for each server wait for the answers, so that
 * no caller is held longer than its time-out, nor by a node of a cluster that it has not asked. What Jedis itself allows a command ({@code spring.data.redis.timeout}) only says for how
 * long such a thread is busy with a server that is silent.
 */
final class JedisLink implements RedisLink {

    /** As many connections as a pool has by default. */
    private static final int MOST_AT_ONCE = 8;

    private static final int MOST_WAITING = 2;

    /** A time-out is a third of the ttl at most: what comes later than this is of no use. */
    private static final int MOST_TIMEOUTS = 3;

    /** By which the server's own answer, that the time is over, may come later. */
    private static final Duration MARGIN = Duration.ofMillis(250);

    private final JedisConnectionFactory factory;

    private final boolean oneServer;

    private final JedisNodes nodes;

    private final JedisDoor door;

    private final JedisLanes lanes = new JedisLanes(MOST_AT_ONCE);

    /** Others than those that renew: who waits for replicas may wait long. */
    private final JedisLanes waitingLanes = new JedisLanes(MOST_WAITING);

    private final JedisInbox inbox;

    /** When somebody was answered last, by node. */
    private final Map<String, Long> heardAt = new ConcurrentHashMap<>();

    JedisLink(JedisConnectionFactory factory) {
        this.factory = factory;
        this.oneServer = !factory.isRedisClusterAware() && !factory.isRedisSentinelAware();
        this.nodes = new JedisNodes(factory);
        this.door = new JedisDoor(this.nodes);
        this.inbox = new JedisInbox(factory);
    }

    @Override
    public CompletableFuture<List<Object>> run(Script script, Duration timeout, String[] keys, String[] arguments) {
        String node = keys.length == 0 ? "" : node(keys[0]);
        return ask(
                node,
                this.lanes,
                timeout,
                redis -> isCluster()
                        ? this.door.run(redis, script, keys, arguments)
                        : JedisScripts.run(redis.scriptingCommands(), script, keys, arguments));
    }

    @Override
    public CompletableFuture<Void> load(Duration timeout) {
        return ask("", this.lanes, timeout, redis -> {
                    JedisScripts.load(redis.scriptingCommands());
                    return true;
                })
                .thenAccept(loaded -> {});
    }

    @Override
    public CompletableFuture<Long> copies(String record, int replicas, Duration timeout) {
        return ask(
                node(record),
                this.waitingLanes,
                timeout.plus(MARGIN),
                redis -> JedisCopies.await(redis, node(record), record, replicas, timeout));
    }

    private <T> CompletableFuture<T> ask(
            String node, JedisLanes lanesThere, Duration timeout, Function<RedisConnection, T> question) {
        JedisCommand<T> command = new JedisCommand<>(this.factory, question);
        try {
            lanesThere.to(node).execute(command);
        } catch (RejectedExecutionException closed) {
            return CompletableFuture.failedFuture(
                    new LockDriverException(Kind.UNREACHABLE, "the locker is closed", closed));
        }
        command.answer().whenComplete((answer, failure) -> {
            if (failure == null) {
                this.heardAt.put(node, System.nanoTime());
            } else if (isCluster() && RedisErrors.isSilence(failure)) {
                this.nodes.lookAgain(node);
            }
        });
        return inTime(command, node, timeout, command.start() + timeout.toNanos());
    }

    /**
     * While its node answers others, a queue before the few threads is what takes so long, up to a limit: only what has been
     * sent, or finds all others unanswered too, is late when its time is over.
     */
    private <T> CompletableFuture<T> inTime(JedisCommand<T> command, String node, Duration timeout, long end) {
        CompletableFuture<T> answer = command.answer();
        return answer.copy()
                .orTimeout(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)
                .exceptionallyCompose(failure -> {
                    if (!(failure instanceof TimeoutException)) {
                        return answer;
                    }
                    long most = command.start() + MOST_TIMEOUTS * timeout.toNanos();
                    long next = Math.min(
                            most,
                            command.silentSince(this.heardAt.getOrDefault(node, command.start())) + timeout.toNanos());
                    if (next - System.nanoTime() > 0) {
                        return inTime(command, node, timeout, next);
                    }
                    command.giveUp(silent(command, timeout));
                    return answer;
                });
    }

    private LockDriverException silent(JedisCommand<?> command, Duration timeout) {
        if (!isCluster() && command.isSent()) {
            this.inbox.mayBeDead();
        }
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

    /** A connection that is lost fails its command; that is sent again only to a node that the client has yet to hear of. */
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
    public String node(String key) {
        return isCluster() ? this.nodes.of(key) : "";
    }

    @Override
    public CompletableFuture<List<String>> keyAtEach(String start) {
        CompletableFuture<Void> known = isCluster() ? this.nodes.look() : CompletableFuture.completedFuture(null);
        return known.thenCompose(looked -> RedisLink.super.keyAtEach(start));
    }

    @Override
    public void close() {
        this.inbox.close();
        this.lanes.close();
        this.waitingLanes.close();
    }

    @Override
    public String toString() {
        return this.oneServer
                ? "Redis at " + this.factory.getHostName() + ":" + this.factory.getPort()
                : isCluster() ? "the Redis cluster" : "Redis behind Sentinel";
    }
}
